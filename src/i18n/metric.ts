import { type Both, both } from './both.ts'

export const metric = {
  conferente_divergencias: both(
    'Divergências por regra e status atual.',
    'Findings by rule and current status.',
  ),
  conferente_divergencias_valor_brl: both(
    'Valor em risco das divergências por regra e status atual, em BRL.',
    'Amount at stake in findings, by rule and current status, in BRL.',
  ),
  conferente_espera_idade_segundos: both(
    'Idade da divergência mais antiga que espera por uma pessoa, por regra.',
    'Age of the oldest finding that waits for a person, by rule.',
  ),
  conferente_sessoes: both('Sessões por modo e status.', 'Sessions by mode and status.'),
  conferente_ultima_sessao_timestamp_segundos: both(
    'Quando terminou a última sessão de cada status (Unix).',
    'When the last session of each status ended (Unix).',
  ),
  conferente_execucoes_regra: both('Execuções de regras por status.', 'Runs of rules by status.'),
  conferente_regra_segundos_total: both(
    'Tempo gasto por cada regra em todas as sessões.',
    'Time spent by each rule in all sessions.',
  ),
  conferente_regra_linhas_total: both(
    'Linhas examinadas por cada regra em todas as sessões.',
    'Rows examined by each rule in all sessions.',
  ),
  conferente_encontradas_total: both(
    'Achados de cada regra em todas as sessões, novos e recorrentes.',
    'Findings of each rule in all sessions, new and recurring.',
  ),
  conferente_correcoes_automaticas_total: both(
    'Linhas corrigidas por sessões, por regra.',
    'Rows corrected by sessions, by rule.',
  ),
  conferente_correcoes_desfeitas_total: both(
    'Correções que não estão mais no data warehouse (desfeitas por cargas ou por fora), por regra.',
    'Corrections that the warehouse no longer holds (undone by loads or otherwise from outside), by rule.',
  ),
  conferente_correcoes_refeitas_total: both(
    'Correções refeitas por sessões depois de desfeitas, por regra.',
    'Corrections that sessions made again after they were undone, by rule.',
  ),
  conferente_operacoes: both(
    'Operações auditadas por tipo e status.',
    'Audited operations by kind and status.',
  ),
  conferente_regra_precisao: both(
    'Precisão observada da regra nas decisões das pessoas, 0 a 1.',
    "Observed precision of the rule in people's decisions, 0 to 1.",
  ),
  conferente_regra_precisao_minima: both(
    'Limite inferior de 95 % da precisão da regra (Wilson), 0 a 1.',
    "Lower end of the 95% interval of the rule's precision (Wilson), 0 to 1.",
  ),
  conferente_regra_limiar: both(
    'Confiança a partir da qual a regra pode corrigir sozinha.',
    'Confidence from which the rule may correct by itself.',
  ),
  conferente_regra_automatica: both(
    '1 se a regra pode corrigir sozinha.',
    '1 if the rule may correct by itself.',
  ),
  conferente_regra_prova: both(
    '1 para o que as respostas das pessoas dizem da regra: provada, sem_prova ou refutada.',
    '1 for what people’s answers say of the rule: provada, sem_prova or refutada.',
  ),
  conferente_regra_decisoes_total: both(
    'Decisões de pessoas sobre as propostas da regra.',
    "People's decisions on the rule's proposals.",
  ),
  conferente_fila: both('Trabalhos na fila por tarefa e estado.', 'Jobs in the queue by task and state.'),
  conferente_fila_idade_segundos: both(
    'Há quanto tempo o trabalho mais antigo da fila espera.',
    'How long the oldest job of the queue has waited.',
  ),
  conferente_correio: both('Mensagens por tipo e status.', 'Messages by kind and status.'),
  conferente_correio_recusados_total: both(
    'Destinatários que o servidor de correio recusou de vez, por tipo de mensagem.',
    'Recipients that the mail server refused for good, by kind of message.',
  ),
  conferente_trabalhadores: both('Trabalhadores vivos.', 'Living workers.'),
  conferente_http_segundos: both(
    'Duração das requisições HTTP por rota, método e status.',
    'Duration of HTTP requests by route, method and status.',
  ),
} as Record<string, Both<string>>
