// What GraphQL shows of schema audit, and under which names. The names are here and not in comments of the database, which psql
// would show. What is not listed is not shown: somebody must decide on each new table or function.

/** Relation of schema audit to its name for one row, and for many. */
export const TABLES: Readonly<Record<string, readonly [one: string, many: string]>> = {
  agendamentos: ['agendamento', 'agendamentos'],
  alteracoes: ['alteracao', 'alteracoes'],
  canais: ['canal', 'canais'],
  codigos_regra: ['codigo_regra', 'codigos_regra'],
  configuracoes_sistema: ['configuracao', 'configuracoes'],
  convites: ['convite', 'convites'],
  correcoes_desfeitas: ['desfeita', 'desfeitas'],
  decisoes: ['decisao', 'decisoes'],
  deteccoes: ['deteccao', 'deteccoes'],
  divergencias_processadas: ['divergencia', 'divergencias'],
  excecoes: ['excecao', 'excecoes'],
  execucoes_regra: ['execucao', 'execucoes'],
  identidades: ['registro_identidade', 'registros_identidades'],
  notas: ['nota', 'notas'],
  notas_recusadas: ['nota_recusada', 'notas_recusadas'],
  notificacoes: ['notificacao', 'notificacoes'],
  operacoes: ['operacao', 'operacoes'],
  padroes_trade_marketing: ['padrao', 'padroes'],
  pessoas: ['registro_pessoa', 'registros_pessoas'],
  regras: ['regra', 'regras'],
  retencoes: ['retencao', 'retencoes'],
  periodos: ['periodo', 'periodos'],
  revogacoes: ['revogacao', 'revogacoes'],
  sessoes_processamento: ['sessao', 'sessoes'],
  sucessoras_categoria: ['sucessora', 'sucessoras'],
  tokens: ['token', 'tokens'],
  vw_correcoes_desfeitas: ['correcao_desfeita', 'correcoes_desfeitas'],
  vw_divergencias_abertas: ['divergencia_aberta', 'divergencias_abertas'],
  vw_divergencias_exportacao: ['divergencia_exportada', 'divergencias_exportadas'],
  vw_grupos_abertos: ['grupo_aberto', 'grupos_abertos'],
  vw_identidades: ['identidade', 'identidades'],
  vw_metricas_desempenho: ['desempenho', 'desempenhos'],
  vw_metricas_regras: ['regra_medida', 'regras_medidas'],
  vw_metricas_resumo: ['resumo_metricas', 'resumos_metricas'],
  vw_operacoes_resumo: ['operacao_resumida', 'operacoes_resumidas'],
  vw_pessoas: ['pessoa', 'pessoas'],
  vw_resumos: ['resumo_lancamento', 'resumos_lancamentos'],
}

/** Composite types that functions take or return. */
export const TYPES: Readonly<Record<string, readonly [one: string, many: string]>> = {
  avaliacao: ['avaliacao', 'avaliacoes'],
  resultado_decisao: ['resultado_decisao', 'resultados_decisao'],
  resultado_reversao: ['resultado_reversao', 'resultados_reversao'],
  verificacao: ['verificacao', 'verificacoes'],
}

/** Functions that change something; the field has the function's name. */
export const MUTATIONS: readonly string[] = [
  'adiar',
  'alterar_configuracao',
  'alterar_regra',
  'aprovar_divergencias',
  'avaliar_regra',
  'cancelar_sessao',
  'comentar',
  'certificar',
  'confirmar_divergencias',
  'corrigir_manualmente',
  'decidir_grupo',
  'declarar_excecao',
  'desativar_padrao',
  'desativar_retencao',
  'desativar_sucessora',
  'desfazer',
  'desligar_canal',
  'desligar_identidade',
  'encaminhar',
  'fechar_periodo',
  'finalizar_operacao',
  'ligar_identidade',
  'processar_divergencias',
  'reabrir_divergencias',
  'reabrir_periodo',
  'registrar_operacao',
  'registrar_pessoa',
  'rejeitar_divergencias',
  'remover_pessoa',
  'reverter_divergencias',
  'reverter_operacao',
  'reverter_sessao',
  'revogar_acesso',
  'revogar_excecao',
  'salvar_canal',
  'salvar_padrao',
  'salvar_retencao',
  'salvar_sucessora',
  'solicitar_processamento',
  'testar_canal',
]

/** Functions that only read. */
export const QUERIES: readonly string[] = [
  'acertos_padroes',
  'amostra',
  'certificado',
  'corrigidas_no_mes',
  'diagnosticar_contrato',
  'exportar_divergencias',
  'fuso',
  'historico_registro',
  'hoje',
  'lancamentos_parecidos',
  'medir_padrao',
  'pagina_revisao',
  'periodos_fechados',
  'previsao_padrao',
  'propor_padroes',
  'proxima_execucao',
  'quem_sou',
  'rotulos_livro',
  'simulacoes_em_curso',
  'ver_registro',
  'verificar_desde',
  'verificar_integridade',
  'visao_geral',
]

/** Those of them that return rows of a table or view, without an order of their own. */
export const ORDERED: readonly string[] = ['exportar_divergencias']

/** Functions of one row, shown as its fields: function to field. */
export const FIELDS: Readonly<Record<string, string>> = {
  configuracao_aviso: 'aviso',
  divergencia_grupo: 'grupo',
  divergencia_idade_dias: 'idadeDias',
  divergencia_link_revisao: 'linkRevisao',
  divergencia_resumo: 'resumo',
  divergencia_visto: 'visto',
  excecao_aviso: 'aviso',
  sessao_correio: 'correio',
  sessao_link_revisao: 'linkRevisao',
}

/** Not shown, each with the reason. */
export const HIDDEN: Readonly<Record<string, string>> = {
  aguarda_pessoa: 'a condition for SQL; here there is a filter by status',
  consultar_divergencia: 'a document for REST; here a finding is asked for by its key',
  consultar_divergencias: 'a page for REST; here there is a connection',
  consultar_operacoes: 'a page for REST; here there is a connection',
  consultar_sessoes: 'a page for REST; here there is a connection',
  controle_planilha: 'a cell of a spreadsheet, for what writes it: REST and conferente exportar',
  decidir_planilha: 'takes a file apart into lines: REST and conferente decidir',
  criar_convite: 'of use only with the secret of the link: conferente convite',
  experimentar_escrita: 'writes in the warehouse and takes it back: for installing, conferente diagnostico',
  mapear_colunas: 'for installing: conferente preparar',
  metricas: 'samples for /metrics',
  na_janela: 'asked by rules of each row',
  guardar_resposta: 'asked by the API itself of a request that may be sent again',
  repetir_pedido: 'asked by the API itself of a request that may be sent again',
  propor_visao: 'for installing: conferente preparar',
  registrar_regra: 'names code to run: for a DBA in psql',
  registrar_exportacao: 'of use only to what writes the file: REST and conferente exportar',
  registrar_token: 'of use only with the key that signs tokens: conferente token',
  arquivamentos: 'shown by conferente verificar; here there are the operations of kind arquivamento',
  arquivar_meses: 'of use only with the file of the trail: conferente arquivar',
  esquecer_pessoa: 'has no way back: conferente pessoas --esquecer',
  sessao_no_banco: 'a condition for SQL',
  carimbos: 'tokens of another trade: conferente verificar proves them',
  trilha: 'a file, for proving it elsewhere: conferente exportar --formato trilha',
  relatorio_desempenho: 'a document for REST; here there are the views that it is made of',
}

/** Columns without meaning outside. */
export const HIDDEN_COLUMNS: readonly string[] = [
  'alteracoes.mes',
  'convites.resumo',
  'correcoes_desfeitas.mes',
  'deteccoes.mes',
  'divergencias_processadas.identidade',
  'divergencias_processadas.impressao',
  'notas.certificado',
  'notas.resumo_assinado',
  'padroes_trade_marketing.padrao_dobrado',
]

/** JSON columns that are never null in SQL but may hold JSON's own null, which GraphQL cannot tell apart. */
export const JSON_NULL: readonly string[] = ['configuracoes_sistema.padrao', 'configuracoes_sistema.valor']

/** Tables that grow with the warehouse: filtered and sorted only by columns with an index, and by those named here. */
export const LARGE: Readonly<Record<string, readonly string[]>> = {
  alteracoes: [],
  correcoes_desfeitas: [],
  deteccoes: [],
  notas: [],
  // Scanned in full at worst; no report can do without them.
  divergencias_processadas: [
    'tabela',
    'regra',
    'confianca',
    'valor_em_risco',
    'ultima_deteccao',
    'vezes_detectada',
    'proposta_por',
    'decidida_por',
    'decidida_em',
    'sessao_ultima_id',
  ],
}

/** Columns of views that always hold a value, which the database does not know: they are sorted by their index alone. */
export const NEVER_NULL: Readonly<Record<string, readonly string[]>> = {
  vw_divergencias_abertas: [
    'id',
    'regra',
    'tabela',
    'registro_id',
    'confianca',
    'valor_em_risco',
    'status',
    'detectada_em',
    'ultima_deteccao',
    'vezes_detectada',
    'sessao_id',
    'sessao_ultima_id',
  ],
  vw_divergencias_exportacao: [
    'id',
    'sessao_id',
    'regra',
    'status',
    'confianca',
    'valor_em_risco',
    'detectada_em',
  ],
  vw_grupos_abertos: ['grupo', 'regra', 'quantidade', 'valor', 'mais_antiga'],
  vw_identidades: ['nome', 'pessoa', 'registrada_em', 'registrada_por'],
  vw_operacoes_resumo: ['id', 'tipo', 'status', 'ator', 'iniciada_em'],
  vw_pessoas: ['nome', 'papel', 'registrada_em', 'registrada_por'],
}

/** Keys and references that the database does not enforce, or that a view cannot have. */
export const KEYS: Readonly<Record<string, { readonly primaryKey?: string; readonly foreignKey: string[] }>> =
  {
    alteracoes: {
      foreignKey: [
        '(operacao_id) references audit.operacoes (id)',
        '(divergencia_id) references audit.divergencias_processadas (id)',
      ],
    },
    correcoes_desfeitas: {
      foreignKey: [
        '(operacao_id) references audit.operacoes (id)',
        '(divergencia_id) references audit.divergencias_processadas (id)',
      ],
    },
    decisoes: {
      foreignKey: [
        '(operacao_id) references audit.operacoes (id)',
        '(divergencia_id) references audit.divergencias_processadas (id)',
      ],
    },
    deteccoes: {
      foreignKey: [
        '(operacao_id) references audit.operacoes (id)',
        '(divergencia_id) references audit.divergencias_processadas (id)',
      ],
    },
    divergencias_processadas: {
      foreignKey: [
        '(sessao_id) references audit.sessoes_processamento (id)',
        '(regra) references audit.regras (nome)|@fieldName regraRegistrada',
      ],
    },
    vw_correcoes_desfeitas: { primaryKey: 'divergencia_id,coluna', foreignKey: [] },
    vw_divergencias_abertas: {
      primaryKey: 'id',
      foreignKey: [
        '(id) references audit.divergencias_processadas (id)|@fieldName divergencia|@foreignSingleFieldName aberta',
        '(regra) references audit.regras (nome)',
        '(sessao_id) references audit.sessoes_processamento (id)',
      ],
    },
    vw_divergencias_exportacao: { primaryKey: 'id', foreignKey: [] },
    vw_grupos_abertos: {
      primaryKey: 'grupo',
      foreignKey: ['(regra) references audit.regras (nome)'],
    },
    vw_identidades: { primaryKey: 'nome', foreignKey: [] },
    vw_metricas_desempenho: { primaryKey: 'sessao_id,regra', foreignKey: [] },
    vw_metricas_regras: { primaryKey: 'regra', foreignKey: [] },
    vw_metricas_resumo: { primaryKey: 'dia,regra,status', foreignKey: [] },
    vw_operacoes_resumo: {
      primaryKey: 'id',
      foreignKey: [
        '(id) references audit.operacoes (id)|@fieldName operacao|@foreignSingleFieldName resumida',
      ],
    },
    vw_pessoas: { primaryKey: 'nome', foreignKey: [] },
    vw_resumos: { primaryKey: 'divergencia_id', foreignKey: [] },
  }
