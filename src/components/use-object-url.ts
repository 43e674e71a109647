import { useEffect, useState } from 'react'

/** An address for a Blob as long as the component lives; undefined without one. */
export function useObjectUrl(blob: Blob | null): string | undefined {
  const [address, setAddress] = useState<string>()
  useEffect(() => {
    if (!blob) return setAddress(undefined)
    const url = URL.createObjectURL(blob)
    setAddress(url)
    return () => URL.revokeObjectURL(url)
  }, [blob])
  return address
}
