// Who may do what, in psql and over HTTP alike: L leitor, R revisor, O operador, A administrador; ninguem is anybody else, and has
// nothing. A new table, view or function of schema audit must be entered here first.
export const MATRIX = `
agendamentos                L R O A
alteracoes                  L R O A
canais                      L R O A
codigos_regra               L R O A
configuracoes_sistema       L R O A
convites                          A
correcoes_desfeitas         L R O A
decisoes                    L R O A
deteccoes                   L R O A
divergencias_processadas    L R O A
excecoes                    L R O A
execucoes_regra             L R O A
identidades                       A
notas                         R   A
notas_recusadas               R   A
notificacoes                L R O A
operacoes                   L R O A
padroes_trade_marketing     L R O A
periodos                    L R O A
pessoas                           A
regras                      L R O A
retencoes                   L R O A
revogacoes                        A
sessoes_processamento       L R O A
sucessoras_categoria        L R O A
tokens                            A
vw_correcoes_desfeitas      L R O A
vw_divergencias_abertas     L R O A
vw_divergencias_exportacao  L R O A
vw_grupos_abertos           L R O A
vw_identidades                    A
vw_metricas_desempenho      L R O A
vw_metricas_regras          L R O A
vw_metricas_resumo          L R O A
vw_operacoes_resumo         L R O A
vw_pessoas                        A
vw_resumos                  L R O A

acertos_padroes()           L R O A
adiar()                       R
aguarda_pessoa()            L R O A
alterar_configuracao()            A
alterar_regra()                   A
amostra()                   L R O A
aprovar_divergencias()        R
arquivamentos()             L R O A
arquivar_meses()                  A
avaliar_regra()               R O A
cancelar_sessao()               O
carimbos()                  L R O A
certificado()               L R O A
certificar()                  R
comentar()                    R
configuracao_aviso()              A
consultar_divergencia()     L R O A
consultar_divergencias()    L R O A
consultar_operacoes()       L R O A
consultar_sessoes()         L R O A
confirmar_divergencias()      R
controle_planilha()         L R O A
corrigidas_no_mes()         L R O A
corrigir_manualmente()        R
criar_convite()                   A
decidir_grupo()               R
decidir_planilha()            R
declarar_excecao()            R
desativar_padrao()                A
desativar_retencao()              A
desativar_sucessora()             A
desfazer()                    R
desligar_canal()                  A
desligar_identidade()             A
diagnosticar_contrato()     L R O A
divergencia_grupo()         L R O A
divergencia_idade_dias()    L R O A
divergencia_link_revisao()  L R O A
divergencia_resumo()        L R O A
divergencia_visto()         L R O A
encaminhar()                  R
excecao_aviso()             L R O A
experimentar_escrita()          O A
esquecer_pessoa()                 A
exportar_divergencias()     L R O A
fechar_periodo()                  A
finalizar_operacao()        L R O A
fuso()                      L R O A
guardar_resposta()          L R O A
historico_registro()        L R O A
hoje()                      L R O A
lancamentos_parecidos()       R   A
ligar_identidade()                A
mapear_colunas()            L R O A
medir_padrao()                R   A
metricas()                  L R O A
na_janela()
pagina_revisao()            L R O A
periodos_fechados()         L R O A
previsao_padrao()             R   A
processar_divergencias()        O
propor_padroes()              R   A
propor_visao()              L R O A
proxima_execucao()          L R O A
quem_sou()                  L R O A
reabrir_divergencias()        R
reabrir_periodo()                 A
registrar_exportacao()      L R O A
registrar_operacao()          R O A
registrar_pessoa()                A
registrar_regra()                 A
registrar_token()                 A
rejeitar_divergencias()       R
relatorio_desempenho()      L R O A
remover_pessoa()                  A
repetir_pedido()
reverter_divergencias()       R
reverter_operacao()           R O
reverter_sessao()             R O
revogar_acesso()                  A
revogar_excecao()             R
rotulos_livro()               R   A
salvar_canal()                    A
salvar_padrao()                   A
salvar_retencao()                 A
salvar_sucessora()                A
sessao_correio()            L R O A
sessao_link_revisao()       L R O A
sessao_no_banco()           L R O A
simulacoes_em_curso()           O
solicitar_processamento()       O
testar_canal()                    A
trilha()                    L R O A
ver_registro()                R   A
verificar_desde()           L R O A
verificar_integridade()     L R O A
visao_geral()               L R O A
`

/** Every route with an answer of its own; the others refuse a method (405), for everybody alike. */
export const ROUTES = `
GET /metrics                                   L R O A
GET /api/docs/json                             L R O A
GET /api/docs/yaml                             L R O A
GET /api/v1/divergencias                       L R O A
GET /api/v1/divergencias/:id                   L R O A
POST /api/v1/divergencias/processar                O
POST /api/v1/divergencias/aprovar                R
POST /api/v1/divergencias/confirmar              R
POST /api/v1/divergencias/planilha               R
POST /api/v1/divergencias/adiar                  R
POST /api/v1/divergencias/encaminhar             R
POST /api/v1/divergencias/comentar               R
DELETE /api/v1/divergencias/:id/rejeitar         R
POST /api/v1/auditoria/operacoes/:id/desfazer    R
GET /api/v1/auditoria/operacoes                L R O A
GET /api/v1/auditoria/sessoes                  L R O A
GET /api/v1/periodos                           L R O A
POST /api/v1/periodos/fechar                         A
POST /api/v1/periodos/reabrir                        A
GET /api/v1/relatorios/divergencias/export     L R O A
GET /api/v1/metricas/resumo                    L R O A
GET /api/v1/relatorios/metricas/performance    L R O A
POST /graphql                                  L R O A
`

/** Routes that need no token. */
const PUBLIC_READS = [
  '/healthz',
  '/readyz',
  // The page of the OpenAPI document is the same for everybody; the document itself is not.
  '/api/docs',
  '/api/docs/',
  '/api/docs/static/index.html',
  '/api/docs/static/swagger-initializer.js',
  '/api/docs/static/theme/signin.js',
  '/api/docs/static/*',
  // So is the review page; what it shows comes from /graphql, with a token.
  '/revisao',
  '/revisao/',
  ...[
    'acts',
    'alike',
    'api',
    'app',
    'aside',
    'change',
    'changes',
    'charts',
    'corrected',
    'deciding',
    'decision',
    'desk',
    'details',
    'facts',
    'following',
    'format',
    'groups',
    'hand',
    'help',
    'items',
    'keys',
    'line',
    'list',
    'login',
    'modal',
    'offered',
    'office',
    'one',
    'overview',
    'panel',
    'pattern',
    'patterns',
    'periods',
    'postponed',
    'preact',
    'queries',
    'queue',
    'row',
    'rule',
    'rules',
    'ruling',
    'run',
    'sample',
    'search',
    'setting',
    'settings',
    'sheet',
    'shown',
    'standing',
    'start',
    'tally',
    'top',
    'trend',
    'typed',
    'words',
  ].map((name) => `/revisao/${name}.mjs`),
  ...['style', 'desk', 'hand', 'details', 'overview', 'ruling', 'narrow', 'print'].map(
    (name) => `/revisao/${name}.css`,
  ),
  // How people sign in.
  '/',
  '/entrar',
].flatMap((path) => [`GET ${path}`, `HEAD ${path}`])
export const PUBLIC: readonly string[] = [
  ...PUBLIC_READS,
  'POST /entrar/convite',
  'POST /entrar/pedido',
  'POST /sair',
]

export const LETTERS = { leitor: 'L', revisor: 'R', operador: 'O', administrador: 'A' } as const

/** One line of the table, as the tests find it. */
export function line(object: string, letters: string, width = 27): string {
  const marks = Object.values(LETTERS).map((letter) => (letters.includes(letter) ? letter : ' '))
  return `${object.padEnd(width)} ${marks.join(' ')}`.trimEnd()
}

/** A request to each route that needs more than its address, such that only the role can be wrong with it. */
export const QUESTIONS: Readonly<Record<string, { readonly query?: string; readonly body?: object }>> = {
  'POST /api/v1/divergencias/processar': { body: { modo: 'manual' } },
  'POST /api/v1/divergencias/aprovar': { body: { ids: [1], visto: ['x'], motivo: 'confere' } },
  'POST /api/v1/divergencias/confirmar': { body: { ids: [1], motivo: 'procede' } },
  'POST /api/v1/divergencias/adiar': { body: { ids: [1], ate: null, motivo: 'depois' } },
  'POST /api/v1/divergencias/encaminhar': { body: { ids: [1], para: 'ana', motivo: 'conhece' } },
  'POST /api/v1/divergencias/comentar': { body: { ids: [1], comentario: 'liguei' } },
  'POST /api/v1/periodos/fechar': { body: { mes: '2026-10-01', motivo: 'fechamento' } },
  'POST /api/v1/periodos/reabrir': { body: { mes: '2026-10-01', motivo: 'engano' } },
  'POST /api/v1/auditoria/operacoes/:id/desfazer': { body: { motivo: 'engano' } },
  'DELETE /api/v1/divergencias/:id/rejeitar': { body: { motivo: 'não procede' } },
  'GET /api/v1/relatorios/divergencias/export': { query: '?formato=csv' },
  'POST /graphql': { body: { query: '{ regras { totalCount } }' } },
}
