/** What to do about a layer that stands in the way, whatever it is. */
export const REBUILD =
  'build the model again with Keras layers or keras.ops in its place, new_model.set_weights(model.get_weights()), and save that; or save only the part before it: keras.Model(model.inputs, model.get_layer("…").output).'

/** Thrown by `block` and caught by the driver, which goes on with the next layer. */
export class Blocked extends Error {
  readonly hint: string

  constructor(message: string, hint = `Do without it: ${REBUILD}`) {
    super(message)
    this.name = 'Blocked'
    this.hint = hint
  }
}
