import { encode } from 'uqr'
import { QUIET, qrPath } from './qr-path.ts'

export interface QrCodeProps {
  url: string
  /** What it is a code of. */
  label: string
}

/** For a camera: black on white in any theme, with the light edge that readers look for. */
export function QrCode({ url, label }: QrCodeProps) {
  const { data, size } = encode(url, { ecc: 'M', border: 0 })
  const edge = size + 2 * QUIET
  return (
    <svg
      role="img"
      aria-label={label}
      viewBox={`${-QUIET} ${-QUIET} ${edge} ${edge}`}
      shapeRendering="crispEdges"
      className="size-44 shrink-0 rounded-md border border-line"
    >
      <rect x={-QUIET} y={-QUIET} width={edge} height={edge} fill="#fff" />
      <path d={qrPath(data)} fill="#000" />
    </svg>
  )
}
