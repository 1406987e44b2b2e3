import { z } from 'zod'
import { digits } from '../db/digits.ts'
import { createRedactor } from '../log/redact.ts'

/** BRL as PostgreSQL wrote it: a JavaScript number would not hold every cent. */
export const amount = z.string()
/** Works however the connection reads JSON: the command line's keeps the digits as PostgreSQL wrote them. */
export const count = z.preprocess((value) => Number(digits(value) ?? Number.NaN), z.number())
const redact = createRedactor([])
/** An error text of a rule or the database: without secrets, and without the value that could not be read, as in the log. */
export const said = z.string().transform((text) => redact(text).replace(/: ".*"/s, ': …'))
export const instant = z.string()
const values = z.record(z.string(), z.unknown())

const session = z.object({
  id: count,
  modo: z.enum(['manual', 'auto']),
  status: z.string(),
  data_inicio: z.string().nullable(),
  data_fim: z.string().nullable(),
  carregado_desde: instant.nullable(),
  carregado_ate: instant.nullable(),
  incremental: z.boolean(),
  solicitada_por: z.string(),
  fim_processamento: instant.nullable(),
  segundos: count.nullable(),
  linhas_examinadas: count,
  encontradas: count,
  novas: count,
  recorrentes: count,
  suprimidas: count,
  corrigidas: count,
  falhas: count,
  obsoletas: count,
  resolvidas: count,
  desfeitas: count,
  refeitas: count,
  valor_em_risco: amount,
  valor_corrigido: amount,
  valor_novas: amount,
  valor_recorrentes: amount,
  limite_atingido: z.string().nullable(),
  mensagem: said.nullable(),
})

const item = z.object({
  id: count,
  regra: z.string(),
  tabela: z.string(),
  registro_id: z.string(),
  lancamento: z.array(z.unknown()).default([]),
  status: z.enum(['aberta', 'aguardando_segunda_aprovacao', 'falha', 'corrigida']),
  antes: values,
  depois: values,
  confianca: count,
  justificativa: z.string(),
  valor: amount,
  vezes: count,
  desde: instant,
  link: z.string(),
})

const rule = z.object({
  nome: z.string(),
  descricao: z.string(),
  status: z.string(),
  motivo: said.nullable(),
  linhas: count.nullable(),
  encontradas: count,
  novas: count,
  recorrentes: count,
  corrigidas: count,
  refeitas: count,
  resolvidas: count,
  esperando: count,
  valor_esperando: amount,
  valor_em_risco: amount,
  tendencia: z.array(count.nullable()),
})

/** The result of audit_interno.conteudo_mensagem: everything that a message says, decided in SQL. */
export const factsSchema = z.object({
  tipo: z.enum(['divergencias', 'resumo', 'falha', 'limite', 'ausencia']),
  idioma: z.enum(['pt-BR', 'en']),
  fuso: z.string(),
  gerado_em: instant,
  criada_em: instant,
  link: z.string(),
  cadeia: z.object({ elo: count, selo: z.string() }),
  correio: z.array(
    z.object({
      id: count,
      tipo: z.string(),
      canal: z.string().nullish(),
      assunto: z.string().nullable(),
      status: z.string(),
      criada_em: instant,
      erro: said.nullable(),
    }),
  ),
  estado: z.enum(['feito', 'espera', 'vencidas', 'lacunas', 'falhou']).optional(),
  sessao: session.optional(),
  lacunas: z
    .array(
      z.object({
        tipo: z.enum([
          'sessao',
          'regra_falhou',
          'regra_pulada',
          'limite',
          'nenhuma_linha',
          'recusadas',
          'desfeitas',
          'conferencia',
          'periodo_fechado',
          'notas_recusadas',
          'so_detectou',
          'sem_prova',
        ]),
        regra: z.string().nullable(),
        texto: said.nullable(),
        numero: count.nullable(),
      }),
    )
    .optional(),
  espera: z
    .object({
      total: count,
      valor: amount,
      adiadas: count.default(0),
      segunda: count,
      mais_antiga_dias: count.nullable(),
      mediana_dias: count.nullable(),
      dias_vencimento: count.nullable(),
      vencidas: count,
      valor_vencidas: amount,
    })
    .optional(),
  desfeitas: z
    .object({
      total: count,
      refeitas: count,
      paradas: count,
      vezes: count,
      ausentes: count,
      cargas: z.array(z.object({ regra: z.string(), carga: instant.nullable(), quantas: count })),
      outras: count,
      link: z.string(),
    })
    .nullish(),
  itens: z.array(item).optional(),
  regras: z.array(rule).optional(),
  certificado: z
    .object({
      valor: amount,
      limite: amount,
      conferidas: count,
      tamanho: count,
      sessao: count,
      selo: z.string().nullable(),
    })
    .nullish(),
  controle: z
    .union([
      z.object({ erro: said }),
      z.object({
        antes: amount,
        depois: amount,
        diferenca: amount,
        corrigido: amount,
        outras: amount,
        sem_explicacao: amount,
      }),
    ])
    .nullish(),
  pedem: z.object({ total: count, valor: amount, novas: count }).optional(),
  ausencia: z
    .object({
      dia: z.string(),
      prevista: z.string().nullable(),
      prazo: z.string(),
      ultima: z
        .object({ id: count, status: z.string(), fim: instant.nullable(), mensagem: said.nullable() })
        .nullable(),
      em_curso: z
        .object({
          id: count,
          status: z.string(),
          etapa: z.string().nullable(),
          solicitada_em: instant,
          ultima_atividade: instant.nullable(),
        })
        .nullable(),
      erro_agenda: z.string().nullable(),
    })
    .optional(),
  agendamento: z
    .object({
      previsto_para: instant,
      tentativas: count,
      codigo: z.string().nullable(),
      mensagem: said.nullable(),
    })
    .nullish(),
})

export type Facts = z.output<typeof factsSchema>
export type SessionFacts = NonNullable<Facts['sessao']>
export type Item = z.output<typeof item>
export type RuleFacts = z.output<typeof rule>
