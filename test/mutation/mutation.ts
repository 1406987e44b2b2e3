import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from '../helper/files.ts'

/** One small thing broken in one place of one file below sql/. */
export interface Mutation {
  readonly file: string
  /** Must appear in the file exactly once. */
  readonly from: string
  readonly to: string
}

/** The tests of a rule, and the ways to break it that they must catch. */
export interface Subject {
  readonly name: string
  readonly tests: readonly string[]
  readonly mutations: readonly Mutation[]
}

/** Mutations of one file, as pairs of an original text and its broken form. */
export const of = (file: string, ...pairs: readonly (readonly [from: string, to: string])[]): Mutation[] =>
  pairs.map(([from, to]) => ({ file, from, to }))

/** The test whether an entry lies in the window, as the rules write it. */
export const inWindow = (entry: string): string =>
  `audit.na_janela(row(janela.data_inicio, janela.data_fim, janela.carregado_desde, janela.carregado_ate, janela.chaves)::audit.janela, ${entry}.data_lancamento, ${entry}.carregado_em, ${entry}.id)`

export interface Outcome extends Mutation {
  readonly subject: string
  /** The first assertion that failed; undefined when the mutation survived. */
  readonly caught: string | undefined
}

/** The file's text with its one thing broken. */
export function mutate({ file, from, to }: Mutation): string {
  const text = readFileSync(join(ROOT, 'sql', file), 'utf8')
  const found = text.split(from).length - 1
  if (found !== 1) throw new Error(`${file} has ${found} times: ${from}`)
  return text.replace(from, () => to)
}
