import { z } from 'zod'
import { amount, count, instant, said } from '../mail/facts.ts'

const session = z.object({
  id: count,
  modo: z.enum(['manual', 'auto']),
  status: z.string(),
  incremental: z.boolean(),
  data_inicio: z.string().nullable(),
  data_fim: z.string().nullable(),
  encontradas: count,
  novas: count,
  corrigidas: count,
  valor_em_risco: amount.optional(),
})

const waiting = z.object({
  total: count,
  valor: amount.optional(),
  adiadas: count,
  segunda: count,
  encaminhadas: count,
  mais_antiga_dias: count.nullable(),
  mediana_dias: count.nullable(),
  dias_vencimento: count.nullable(),
  vencidas: count,
  valor_vencidas: amount.optional(),
})

const problem = z.object({
  id: count,
  tipo: z.enum(['abertas', 'pessoa', 'limite', 'autonomia', 'falha']),
  chave: z.string(),
  regra: z.string().nullable(),
  para: z.string().nullable(),
  desde: instant,
  ate: instant.nullable(),
  desfecho: z.enum(['bem', 'desativada']).nullable(),
})

/** The result of audit_interno.conteudo_canal: everything that a message to a channel says, decided in SQL. */
export const noticeSchema = z.object({
  tipo: z.enum(['abertas', 'pessoa', 'limite', 'autonomia', 'falha', 'resolvido', 'teste']),
  canal: z.string(),
  idioma: z.enum(['pt-BR', 'en']),
  fuso: z.string(),
  criada_em: instant,
  gerado_em: instant,
  link: z.string(),
  cadeia: z.object({ elo: count, selo: z.string() }),
  problema: problem.nullable(),
  sessao: session.nullable(),
  espera: waiting.nullable(),
  texto: said.nullable(),
})

export type Notice = z.output<typeof noticeSchema>
export type Problem = z.output<typeof problem>
