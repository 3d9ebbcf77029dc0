import htmlEncodingSniffer from 'html-encoding-sniffer'
import type { PageKind, PageType } from './media-type.ts'

/** A page's bytes as characters, and what they turned out to be. */
export interface PageText {
  readonly kind: Exclude<PageKind, 'unnamed'>
  readonly text: string
}

/**
 * Decodes a body: by its byte order mark, else by the charset its sender named, else by what the page says
 * itself, else as UTF-8 (a page that is not UTF-8: as windows-1252). What does not decode becomes U+FFFD.
 */
export function decodePage(bytes: Uint8Array, { kind, charset }: PageType): PageText {
  const found = kind === 'unnamed' ? kindOf(bytes) : kind
  const sniffed = htmlEncodingSniffer(bytes, {
    ...(charset === undefined ? {} : { transportLayerEncodingLabel: charset }),
    ...(found === 'xml' && { xml: true }),
    ...((found === 'json' || found === 'text') && { maxPrescanBytes: 0 }),
    defaultEncoding: isUtf8(bytes) ? 'UTF-8' : 'windows-1252',
  })
  return { kind: found, text: decoderFor(sniffed).decode(bytes) }
}

/** A body that does not say what it is: HTML when it begins like it. */
function kindOf(bytes: Uint8Array): 'html' | 'text' {
  const start = new TextDecoder('latin1').decode(bytes.subarray(0, 512)).trimStart().toLowerCase()
  return /^(<!doctype html|<html|<head|<body)\b/.test(start) ? 'html' : 'text'
}

/** A body that was cut within a character is UTF-8 all the same. */
function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true })
    return true
  } catch {
    return false
  }
}

function decoderFor(encoding: string): TextDecoder {
  try {
    return new TextDecoder(encoding)
  } catch {
    return new TextDecoder() // Two encodings of the standard, such as `replacement`, are not for reading.
  }
}

/** A text without control characters, which are six characters each as JSON, and with plain line ends. */
export function tidy(text: string): string {
  return (
    text
      .toWellFormed()
      .replace(/\r\n?/g, '\n')
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones to remove
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g, '')
  )
}
