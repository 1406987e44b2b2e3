/** One text in both languages. */
export class Both<T> {
  readonly 'pt-BR': T
  readonly en: T

  constructor(ptBR: T, en: T) {
    this['pt-BR'] = ptBR
    this.en = en
  }
}

/** A text in both languages. With values in it, it is a function, and the English one takes what the Portuguese one takes. */
export const both = <T>(ptBR: T, en: NoInfer<T>): Both<T> => new Both(ptBR, en)

/** A text that is the same in both languages. */
export const same = <T>(text: T): Both<T> => new Both(text, text)

export type Texts = Both<unknown> | readonly Texts[] | { readonly [name: string]: Texts }

/** The same texts in one language. */
export type Said<T> = T extends Both<infer U> ? U : { readonly [K in keyof T]: Said<T[K]> }

export const inLanguage = <T extends Texts>(texts: T, language: keyof Both<unknown>): Said<T> =>
  pick(texts, language) as Said<T>

function pick(texts: Texts, language: keyof Both<unknown>): unknown {
  if (texts instanceof Both) return texts[language]
  if (Array.isArray(texts)) return texts.map((text) => pick(text, language))
  return Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, pick(text, language)]))
}
