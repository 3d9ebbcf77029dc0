/**
 * The contract between server and client: words, shapes, codes; no I/O.
 *
 * `errors`, `protocol`, `layout`, `roles`, `permissions`, `audience`, `tools` and `limits` are free of zod and may go into a
 * browser bundle; `events`, `workspace-events`, `commands`, `answers` and `view-answer` are zod schemas: a browser takes their types only.
 */
export * from './audience.ts'
export * from './docname.ts'
export * from './errors.ts'
export * from './layout.ts'
export * from './limits.ts'
export * from './permissions.ts'
export * from './protocol.ts'
export * from './resource-formats.ts'
export * from './roles.ts'
export * from './tools.ts'
