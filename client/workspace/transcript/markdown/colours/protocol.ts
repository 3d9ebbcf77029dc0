import type { LanguageRegistration } from 'shiki/core'
import type { Language } from './languages.ts'

/** That of a language comes last, behind those that it embeds. */
export type Grammar = LanguageRegistration[]

/** A text and its colour, which is a CSS value; null: that of plain text. */
export type Piece = [text: string, colour: string | null]

/** Pieces of one line, without its end. */
export type Line = readonly Piece[]

/** Lines of a block of code that follow on those of the block's job before. */
export interface Job {
  block: number
  language: Language
  /** Whole lines, without the last line's end. */
  text: string
  /** More of the block may come. */
  more: boolean
}

/** What the page tells the worker: a language, before the first job in it; a job; or that nothing more comes of a block. */
export type Request = { learn: Language; grammar: Grammar } | Job | { forget: number }

/** What the worker answers to each job, in their order; null: it could not. */
export type Answer = Line[] | null
