import type { ReactNode } from 'react'

/** A 16 × 16 drawing in the text's colour; decoration only, so it has no name of its own. */
function Icon({ children, size = 16 }: { children: ReactNode; size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.5"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      {children}
    </svg>
  )
}

export const CloseIcon = () => (
  <Icon>
    <path d="m4 4 8 8m0-8-8 8" />
  </Icon>
)

export const PlusIcon = () => (
  <Icon>
    <path d="M8 3v10M3 8h10" />
  </Icon>
)

export const DownloadIcon = () => (
  <Icon>
    <path d="M8 2v8m0 0 3-3m-3 3L5 7M2.5 13.5h11" />
  </Icon>
)

export const ChevronIcon = () => (
  <Icon>
    <path d="m6 4 4 4-4 4" />
  </Icon>
)

export const FileIcon = () => (
  <Icon>
    <path d="M4 1.75h5L12.25 5v9.25H4zM9 1.75V5h3.25" />
  </Icon>
)

/** The compass rose: the mark of the studio. */
export function RoseIcon({ size = 24 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <circle cx="16" cy="16" r="14.5" fill="none" stroke="currentColor" strokeWidth="1" opacity="0.55" />
      <circle cx="16" cy="16" r="10.5" fill="none" stroke="currentColor" strokeWidth="0.75" opacity="0.4" />
      <path d="m16 16 6-6-2.4 6 2.4 6-6-2.4-6 2.4 2.4-6-2.4-6 6 2.4z" fill="currentColor" opacity="0.35" />
      <path d="m16 2 3 14h-6zM16 30l-3-14h6zM2 16l14-3v6zM30 16l-14 3v-6z" fill="currentColor" />
      <path d="m16 2 3 14h-3z" fill="var(--vermilion)" />
    </svg>
  )
}
