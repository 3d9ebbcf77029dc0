import { cleanName } from './names.ts'

/** A person's name: isolated, so that its direction cannot turn the words around it. */
export function Name({ children, className }: { children: string; className?: string }) {
  return <bdi className={className}>{cleanName(children)}</bdi>
}
