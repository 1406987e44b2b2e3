const examples = (...lines: string[]) => `\nExemplos:\n${lines.map((line) => `  ${line}`).join('\n')}`

export const help = {
  usage: 'Uso:',
  options: 'Opções:',
  globalOptions: 'Opções de todos os comandos:',
  arguments: 'Argumentos:',
  commands: 'Comandos:',
  optionsWord: '[opções]',
  commandWord: '[comando]',
  helpOption: 'mostra esta ajuda',
  versionOption: 'mostra a versão',
  demoOption: 'usa o banco que conferente demo deixou no servidor embutido',
  description:
    'Encontra, explica, corrige e presta contas das divergências de um armazém de dados financeiros no PostgreSQL.',
  environment: (dataDir: string) => `
Ambiente:
  DATABASE_URL       banco a usar, postgresql://usuario:senha@servidor:5432/banco
                     sem ela, um PostgreSQL embutido; os dados ficam em ${dataDir}
  CONFERENTE_DADOS   outro diretório para os dados do PostgreSQL embutido
  CONFERENTE_IDIOMA  pt-BR ou en

Saída: 0 feito; 1 falhou, ao menos em parte; 2 uso errado.
Resultados vão para stdout, avisos e progresso para stderr.
${examples('conferente demo', 'conferente processar --modo manual', 'conferente listar --detalhe')}`,
}

export const command = {
  demo: 'mostra tudo num armazém de exemplo: sessão manual, aprovação, sessão automática, reversão, placar',
  migrar: 'traz o banco à versão atual (papéis, esquemas, funções)',
  diagnostico: 'confere o contrato do armazém, linha por linha',
  processar: 'roda uma sessão: procura divergências e, no modo auto, corrige o que é seguro',
  exportar: 'exporta divergências para CSV ou XLSX, como operação auditada',
  listar: 'lista divergências, as de maior valor primeiro',
  aprovar: 'aprova correções propostas, que são feitas na hora; valores altos pedem duas pessoas',
  rejeitar: 'rejeita divergências; ficam caladas até o registro mudar',
  corrigir: 'propõe outros valores para o registro de uma divergência; outra pessoa aprova',
  reabrir: 'reabre divergências rejeitadas, revertidas ou que falharam',
  reverter: 'desfaz correções exatamente: de divergências, de uma operação ou de uma sessão',
  historico: 'conta tudo o que aconteceu com um registro',
  sessoes: 'lista as sessões, a última primeiro',
  cancelar: 'cancela uma sessão agendada ou em andamento',
  regras: 'lista as regras',
  avaliar: 'mede uma regra numa janela passada: precisão, cobertura e calibração, sem mudar nada',
  padroes: 'lista os padrões de trade marketing',
  configurar: 'lista as configurações, mostra uma, ou a altera',
  agendar: 'mostra ou muda a agenda, e escreve o que mantém o serviço no ar',
  trabalhar: 'roda as sessões da fila e as da agenda, até ser encerrado',
  servir: 'serve a API (GraphQL, REST, saúde, métricas) até ser encerrado',
}

export const option = {
  port: 'porta em que o servidor escuta; 0 escolhe uma livre',
  ruru: 'página do GraphQL em /ruru e esquema aberto a todos; só para desenvolvimento',
  json: 'um documento JSON em stdout',
  mode: 'manual só detecta; auto detecta e corrige o que é seguro',
  from: 'primeira data de lançamento, incluída; sem datas, o que foi carregado desde a última sessão',
  to: 'última data de lançamento, incluída',
  fromDay: 'primeira data de lançamento, incluída',
  evaluated: 'regra a avaliar',
  otherFunction: 'outra versão da função da regra, para comparar',
  figure: 'grava o diagrama de confiabilidade em SVG',
  rules: 'só esta regra (pode repetir)',
  simulate: 'faz o caminho real, diz o que mudaria e não muda nada',
  status: (values: string) => `só as deste status: ${values} (sem ela, as que esperam uma pessoa)`,
  exportFormat: 'csv ou xlsx',
  dialect:
    'do CSV: pt-BR (ponto e vírgula, vírgula decimal, dd/mm/aaaa; o padrão) ou rfc4180, para programas',
  foundBy: 'só as encontradas por esta sessão',
  exportStatus: (values: string) => `só as deste status, pode repetir: ${values} (sem ela, todas)`,
  foundFrom: 'só as encontradas pela primeira vez neste dia ou depois',
  foundTo: 'só as encontradas pela primeira vez neste dia ou antes',
  file: 'arquivo a gravar, inteiro ou nada; sem ela, stdout',
  overwrite: 'substitui o arquivo, se já existe',
  exportReason: 'para quê; fica na auditoria',
  ruleFilter: 'só as desta regra',
  limit: 'no máximo tantas linhas (20)',
  detail: 'mostra também a justificativa de cada uma',
  ids: 'ids das divergências',
  id: 'id da divergência',
  findings: 'ids das divergências',
  operation: 'id da operação',
  session: 'id da sessão',
  reason: 'por que; fica na auditoria',
  reasonToSet: 'por que; obrigatório para alterar, fica na auditoria',
  value: 'coluna e seu valor certo (pode repetir)',
  table: 'tabela com esquema, como dw.lancamentos',
  recordId: 'chave do registro',
  key: 'nome da configuração; sem ele, todas',
  newValue: 'novo valor; sem ele, mostra o atual',
  contractTable: 'relação a conferir (dw.lancamentos)',
  rows: 'quantos lançamentos gerar (500000)',
  seed: 'a mesma semente gera o mesmo armazém (42)',
  cron: 'minuto hora dia mês dia-da-semana, em números (0 7 * * *)',
  zone: 'fuso horário IANA em que a hora é lida (America/Sao_Paulo)',
  showSchedule: 'só mostra a agenda e as próximas cinco execuções',
  systemd: 'escreve uma unidade systemd neste arquivo (- para stdout); não instala nada',
  windows: 'escreve uma tarefa do Agendador do Windows neste arquivo (- para stdout); não instala nada',
  crontab: 'escreve as linhas de crontab de quem roda sem trabalhador (- para stdout); não instala nada',
  stopWithin: 'em quanto tempo, pedido o fim, termina ou devolve o que está em curso',
}

export const example = {
  demo: examples('conferente demo', 'conferente demo --linhas 20000 --semente 7'),
  migrar: examples('conferente migrar', 'DATABASE_URL=postgresql://dba@servidor/financas conferente migrar'),
  diagnostico: examples('conferente diagnostico', 'conferente diagnostico --json'),
  processar: examples(
    'conferente processar --modo manual',
    'conferente processar --modo auto --data-inicio 2026-10-01 --data-fim 2026-10-31',
    'conferente processar --modo auto --regra trade_marketing --simular',
  ),
  listar: examples(
    'conferente listar --detalhe',
    'conferente listar --status aguardando_segunda_aprovacao',
    'conferente listar --regra validacao_valores --limite 100 --json',
  ),
  exportar: examples(
    'conferente exportar --formato xlsx --arquivo divergencias.xlsx',
    'conferente exportar --formato csv --sessao 7 --arquivo sessao-7.csv --motivo "auditoria externa"',
    'conferente exportar --formato csv --dialeto rfc4180 --status aberta --status falha | gzip > abertas.csv.gz',
  ),
  aprovar: examples('conferente aprovar 12 15 --motivo "conferido com a nota"'),
  rejeitar: examples('conferente rejeitar 12 --motivo "o lançamento está certo"'),
  corrigir: examples('conferente corrigir 12 --valor categoria="Trade Marketing" --motivo "nota 4711"'),
  reabrir: examples('conferente reabrir 12 --motivo "rejeitada por engano"'),
  reverter: examples(
    'conferente reverter --divergencia 12 15 --motivo "aprovadas por engano"',
    'conferente reverter --operacao 31 --motivo "padrão errado"',
    'conferente reverter --sessao 7 --motivo "carga incompleta"',
  ),
  historico: examples('conferente historico dw.lancamentos 4711'),
  sessoes: examples('conferente sessoes --limite 5'),
  cancelar: examples('conferente cancelar 7 --motivo "janela errada"'),
  regras: examples('conferente regras'),
  avaliar: examples(
    'conferente avaliar --regra pendente_verificacao --data-inicio 2026-07-01 --data-fim 2026-10-31',
    'conferente avaliar --regra trade_marketing --data-inicio 2026-01-01 --data-fim 2026-06-30 --figura curva.svg',
  ),
  padroes: examples('conferente padroes --json'),
  configurar: examples(
    'conferente configurar',
    'conferente configurar limites.linhas',
    'conferente configurar limites.linhas 20000 --motivo "pedido da controladoria"',
  ),
  agendar: examples(
    'conferente agendar',
    'conferente agendar --mostrar',
    'conferente agendar --cron "30 6 * * 1-5" --fuso America/Sao_Paulo --modo auto --motivo "antes da abertura"',
    'conferente agendar --systemd conferente.service',
  ),
  servir: examples('conferente servir', 'conferente servir --porta 0'),
  trabalhar: examples('conferente trabalhar', 'conferente trabalhar --prazo 60'),
}
