/** The number with the shortest decimal that rounds to the same float32: 0.1 for the float32 next to it. NaN for NaN. */
export function shortestFloat32(value: number): number {
  const rounded = Math.fround(value)
  for (let digits = 6; digits <= 9; digits++) {
    const candidate = Number(value.toPrecision(digits))
    if (Math.fround(candidate) === rounded) return candidate
  }
  return value
}
