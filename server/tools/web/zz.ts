import { createPageReader } from './page-reader.ts'

const A = (n: number, f: (i: number) => string) => Array.from({ length: n }, (_, i) => f(i)).join('')
const wanted = [{ path: ['price'], type: 'number', list: false }] as const
const cases: Record<string, [string, string]> = {
  big2mb: [
    'html',
    '<html><body><article>' +
      '<p>Some <b>bold</b> para, with commas, and <a href="/x">a link</a> text that goes on for a while.</p>'.repeat(
        20000,
      ) +
      '</article></body></html>',
  ],
  mid: [
    'html',
    '<html><body><article>' +
      '<p>Some <b>bold</b> para, with commas, and <a href="/x">a link</a> text that goes on for a while.</p>'.repeat(
        4500,
      ) +
      '</article></body></html>',
  ],
  bs: ['html', '<b>'.repeat(600_000)],
  divs: ['html', '<div>'.repeat(400_000)],
  divs199: ['html', '<div>'.repeat(190) + 'x'],
  bq: ['html', '<blockquote>'.repeat(190) + '<p>x<br>y\n'.repeat(5_000)],
  bqpre: ['html', '<blockquote>'.repeat(195) + '<pre>' + 'x\n'.repeat(900_000)],
  lipre: ['html', '<ul><li>'.repeat(95) + '<pre>' + 'x\n'.repeat(900_000)],
  liquote: ['html', '<ul><li>'.repeat(95) + '<pre>' + '\n'.repeat(1_900_000) + 'x'],
  br: ['html', '<br>'.repeat(14_000)],
  tds: ['html', '<table><tr>' + '<td>x'.repeat(14_000)],
  trs: ['html', '<table>' + '<tr><td>x<td>y'.repeat(4_900)],
  tables: ['html', '<table><tr><td>x<td>'.repeat(65)],
  tablesbig: ['html', '<table><tr><td>x<td>'.repeat(65) + 'y'.repeat(1_900_000)],
  tablesbig2: ['html', '<table><tr><td>x<td>'.repeat(165) + 'y '.repeat(950_000)],
  spaces: ['html', '<p>' + ' '.repeat(2_000_000) + 'x'],
  pre: ['html', '<pre>' + '`'.repeat(2_000_000)],
  pret: ['html', '<code>' + '` '.repeat(1_000_000)],
  style: ['html', '<p style="' + 'a:b;'.repeat(400_000) + '">x</p>'],
  attrs: ['html', '<p ' + A(200_000, (i) => 'a' + i + ' ') + '>x'],
  cls: ['html', A(14000, (i) => `<div class="${'x'.repeat(120)}">${','.repeat(10)}</div>`)],
  commas: ['html', '<p>' + ','.repeat(2_000_000)],
  ents: ['html', '<p>' + '&#1;'.repeat(500_000)],
  ul: ['html', '<ul>' + '<li>a'.repeat(14_000)],
  json: ['json', '['.repeat(1_000_000)],
  jsonok: ['json', '['.repeat(900_000) + ']'.repeat(900_000)],
  json2: ['json', '[' + A(180, () => '['.repeat(5000) + ']'.repeat(5000) + ',') + '1]'],
  jsonkeys: ['json', '{' + A(100_000, (i) => `"k${i}":1,`) + '"price":3}'],
  jsonld: [
    'html',
    '<script type="application/ld+json">' + '['.repeat(900_000) + ']'.repeat(900_000) + '</script>',
  ],
  text: ['text', 'a'.repeat(2_000_000)],
  colons: ['text', ':'.repeat(2_000_000)],
  colons2: ['text', 'a:'.repeat(1_000_000)],
  nl: ['text', '\n'.repeat(2_000_000)],
  title: ['html', '<title>' + 'a '.repeat(1_000_000)],
  comment: ['html', '<!--' + '-'.repeat(2_000_000)],
  lts: ['html', '<'.repeat(2_000_000)],
  amps: ['html', '&'.repeat(2_000_000)],
  quotes: ['html', '<a href="' + '"'.repeat(2_000_000)],
}
const read = createPageReader(6000)
for (const [name, [kind, text]] of Object.entries(cases)) {
  if (process.argv[2] && process.argv[2] !== name) continue
  const t = performance.now()
  const out = await read(
    {
      bytes: new Uint8Array(Buffer.from(text)),
      type: { kind: kind as never },
      url: 'http://x/',
      textLength: 40000,
      wanted,
    },
    new AbortController().signal,
  ).then(
    (r) => JSON.stringify({ ...r, text: r.text.slice(0, 40) }),
    (e) => 'REFUSED ' + e.message + ' <- ' + (e.cause?.code ?? e.cause?.message ?? ''),
  )
  console.log(
    name,
    Math.round(performance.now() - t) + 'ms',
    out.slice(0, 230),
    Math.round(process.memoryUsage.rss() / 1e6) + 'MB',
  )
}
