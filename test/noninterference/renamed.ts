// What two runs on a real server show of one history differs by ids, which are random, and by times. Here both are
// taken out: ids become numbers in the order in which they appear.

const ID = /(?<![\w-])[\w-]{43}(?![\w-])|\bs_[\w-]{22}|\b[lmptkc]_[\w-]{20}/g
const TIME = /\d{4}-\d\d-\d\dT[\d:.]+Z/g
const TIMES = /("(?:at|until|\w+At)":)\d+/g

/** Numbers the ids of what one person was told. */
export class Renamed {
  readonly #names = new Map<string, string>()

  of(value: unknown): string {
    return withoutTimes(JSON.stringify(value) ?? 'nothing').replaceAll(ID, (id) => {
      const name = this.#names.get(id) ?? `${id.length === 43 ? 'h' : id.slice(0, 1)}#${this.#names.size}`
      this.#names.set(id, name)
      return name
    })
  }
}

/** Without anything that a new run would have anew: for a model whose answers shall be the same in both. */
export function withoutChance(json: string): string {
  return new Renamed().of(JSON.parse(json))
}

function withoutTimes(json: string): string {
  return json.replaceAll(TIME, 'then').replaceAll(TIMES, '$1 0')
}
