/** What a resource's text is. */
export const RESOURCE_FORMATS = ['text', 'markdown', 'csv', 'json'] as const
export type ResourceFormat = (typeof RESOURCE_FORMATS)[number]
