import { Component, type ReactNode } from 'react'

interface ErrorBoundaryProps {
  /** What stands in the place of a part of the page that broke; `retry` draws it again. */
  fallback: (error: unknown, retry: () => void) => ReactNode
  children: ReactNode
}

/** Keeps a mistake in one part of the page from taking the rest along. */
export class ErrorBoundary extends Component<
  ErrorBoundaryProps,
  { readonly broken: { readonly error: unknown } | null }
> {
  override state = { broken: null as { readonly error: unknown } | null }

  static getDerivedStateFromError(error: unknown) {
    return { broken: { error } }
  }

  override render() {
    const { broken } = this.state
    if (!broken) return this.props.children
    return this.props.fallback(broken.error, () => this.setState({ broken: null }))
  }
}
