/** What one fetch may cost. Times in ms, sizes in bytes. */
export interface WebLimits {
  /** Until a connection stands, TLS included. */
  readonly connect: number
  /** Without a byte: until the headers are complete, and between two parts of the body. */
  readonly idle: number
  /** From the call to its result. */
  readonly whole: number
  /** For turning a page into text, which is a hostile page's chance to burn a core; twice that at most. */
  readonly reading: number
  /** Of the body, after decompression: what comes later is not read. */
  readonly body: number
  /** Of the answer's headers. */
  readonly headers: number
}

export const WEB_LIMITS: WebLimits = {
  connect: 5_000,
  idle: 10_000,
  whole: 25_000,
  reading: 4_000,
  body: 2_000_000,
  headers: 16_384,
}

/** Redirects that are followed. */
export const REDIRECTS = 5
