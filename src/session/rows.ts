/** A row of audit.sessoes_processamento, by the columns that are read by name. */
export interface Session {
  readonly id: bigint
  readonly modo: string
  readonly status: string
  readonly regras: readonly string[]
  readonly incremental: boolean
  readonly data_inicio: string | null
  readonly data_fim: string | null
  readonly carregado_desde: Date | null
  readonly carregado_ate: Date | null
  readonly partes: bigint | null
  readonly partes_concluidas: bigint | null
  readonly solicitada_por: string
  readonly inicio_processamento: Date | null
  readonly fim_processamento: Date | null
  readonly linhas_examinadas: bigint
  readonly encontradas: bigint
  readonly novas: bigint
  readonly recorrentes: bigint
  readonly suprimidas: bigint
  readonly corrigidas: bigint
  readonly falhas: bigint
  readonly obsoletas: bigint
  readonly resolvidas: bigint
  readonly desfeitas: bigint
  readonly refeitas: bigint
  readonly valor_em_risco: string
  readonly valor_corrigido: string
  readonly limite_atingido: string | null
  readonly mensagem: string | null
  readonly resumo: object | null
}

/** The state of a rule and its session when a step of it has ended. */
export interface Counted
  extends Pick<Session, 'limite_atingido'>,
    Partial<
      Pick<Session, 'linhas_examinadas' | 'encontradas' | 'novas' | 'corrigidas' | 'falhas' | 'obsoletas'>
    > {}
