import type { AnchorHTMLAttributes, ButtonHTMLAttributes } from 'react'
import styles from './button.module.css'
import { classes } from './classes.ts'

type Look = 'plain' | 'primary' | 'quiet' | 'icon'

const look = (name: Look, className?: string) => classes(styles.button, name !== 'plain' && styles[name], className)

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  look?: Look
}

export function Button({ look: name = 'plain', className, type = 'button', ...rest }: ButtonProps) {
  return <button type={type} className={look(name, className)} {...rest} />
}

interface LinkButtonProps extends AnchorHTMLAttributes<HTMLAnchorElement> {
  look?: Look
}

/** A link that looks like a button: for downloads. */
export function LinkButton({ look: name = 'plain', className, ...rest }: LinkButtonProps) {
  return <a className={look(name, className)} {...rest} />
}
