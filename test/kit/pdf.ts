import { deflateSync } from 'node:zlib'

// Small PDFs, written by hand.

/** One page for each text; `extra` stands in the trailer. */
export function pdfOf(pages: readonly string[], extra = ''): Buffer {
  return build(
    pages.map((text) => streamOf(Buffer.from(drawing(text)))),
    extra,
  )
}

/** A page without a word, as scanners make. */
export function picturePdf(): Buffer {
  return build([streamOf(Buffer.from('0.5 g 0 0 200 200 re f'))], '')
}

/** Locked: nobody knows the password. */
export function lockedPdf(): Buffer {
  const hash = '00'.repeat(32)
  const lock = `<< /Filter /Standard /V 1 /R 2 /O <${hash}> /U <${hash}> /P -4 >>`
  return pdfOf(['Secret'], `/Encrypt ${lock} /ID [<00> <00>]`)
}

/** A small file whose page unpacks to this many bytes. */
export function bombPdf(bytes: number): Buffer {
  return build([streamOf(deflateSync(Buffer.alloc(bytes, 'q Q ')), '/Filter /FlateDecode')], '')
}

function drawing(text: string): string {
  const lines = text.split('\n').map((line) => `(${line.replace(/[\\()]/g, '\\$&')}) Tj T*`)
  return `BT /F1 12 Tf 14 TL 20 780 Td ${lines.join(' ')} ET`
}

function streamOf(bytes: Buffer, filter = ''): Buffer {
  return Buffer.concat([
    Buffer.from(`<< /Length ${bytes.length} ${filter} >>\nstream\n`),
    bytes,
    Buffer.from('\nendstream'),
  ])
}

function build(contents: readonly Buffer[], extra: string): Buffer {
  const kids = contents.map((_, i) => `${4 + 2 * i} 0 R`).join(' ')
  const font = '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>'
  const page = (i: number) =>
    `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents ${5 + 2 * i} 0 R /Resources << /Font << /F1 3 0 R >> >> >>`
  const objects = [
    Buffer.from('<< /Type /Catalog /Pages 2 0 R >>'),
    Buffer.from(`<< /Type /Pages /Kids [${kids}] /Count ${contents.length} >>`),
    Buffer.from(font),
    ...contents.flatMap((content, i) => [Buffer.from(page(i)), content]),
  ]
  const parts: Buffer[] = [Buffer.from('%PDF-1.4\n')]
  const places: number[] = []
  let at = parts[0]?.length ?? 0
  const add = (part: Buffer) => {
    parts.push(part)
    at += part.length
  }
  for (const [i, object] of objects.entries()) {
    places.push(at)
    add(Buffer.from(`${i + 1} 0 obj\n`))
    add(object)
    add(Buffer.from('\nendobj\n'))
  }
  const table = places.map((place) => `${String(place).padStart(10, '0')} 00000 n \n`).join('')
  const size = objects.length + 1
  parts.push(
    Buffer.from(
      `xref\n0 ${size}\n0000000000 65535 f \n${table}trailer\n<< /Size ${size} /Root 1 0 R ${extra} >>\nstartxref\n${at}\n%%EOF\n`,
    ),
  )
  return Buffer.concat(parts)
}
