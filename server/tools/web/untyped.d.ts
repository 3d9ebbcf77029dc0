// Two libraries that come without types: what we use of them.

declare module '@joplin/turndown-plugin-gfm' {
  import type TurndownService from 'turndown'
  export const tables: TurndownService.Plugin
  export const strikethrough: TurndownService.Plugin
}

declare module 'html-encoding-sniffer' {
  export interface SniffOptions {
    xml?: boolean
    transportLayerEncodingLabel?: string
    defaultEncoding?: string
    maxPrescanBytes?: number
  }
  /** Returns the name of an encoding of the Encoding Standard. */
  export default function htmlEncodingSniffer(bytes: Uint8Array, options?: SniffOptions): string
}
