import type { Language } from '../settings.ts'
import { en } from './en.ts'
import { type Catalogue, ptBR } from './pt-BR.ts'

const CATALOGUES: Record<Language, Catalogue> = { 'pt-BR': ptBR, en }

/** Everything said to users, in their language. */
export function catalogue(language: Language): Catalogue {
  return CATALOGUES[language]
}
