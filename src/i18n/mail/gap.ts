import { both } from '../both.ts'
import { plural } from './plural.ts'
export const gap = {
  sessao: both(
    (text: string) => text || 'a sessão falhou',
    (text) => text || 'the session failed',
  ),
  regra_falhou: both(
    (rule: string, text: string) => `A regra ${rule} falhou: ${text}`,
    (rule, text) => `Rule ${rule} failed: ${text}`,
  ),
  regra_pulada: both(
    (rule: string, text: string) => `A regra ${rule} foi pulada: ${text}`,
    (rule, text) => `Rule ${rule} was skipped: ${text}`,
  ),
  so_detectou: both(
    (rule: string, text: string) => `A regra ${rule} só detectou: ${text}`,
    (rule, text) => `Rule ${rule} only detected: ${text}`,
  ),
  sem_prova: both(
    (rule: string, text: string) => `A regra ${rule} corrige sem prova: ${text}`,
    (rule, text) => `Rule ${rule} corrects without proof: ${text}`,
  ),
  limite: both(
    (text: string) => `Limite atingido: ${text}`,
    (text) => `Limit reached: ${text}`,
  ),
  nenhuma_linha: both(
    (rule: string) => (rule ? `A regra ${rule} não leu nenhuma linha` : 'Nenhuma linha lida na janela'),
    (rule) => (rule ? `Rule ${rule} read no rows` : 'No rows read in the window'),
  ),
  recusadas: both(
    (n: number, count: string) =>
      `${count} ${plural(n, 'correção recusada ou desfeita', 'correções recusadas ou desfeitas')}`,
    (n, count) => `${count} ${plural(n, 'correction refused or undone', 'corrections refused or undone')}`,
  ),
  desfeitas: both(
    (n: number, count: string) =>
      `${count} ${plural(n, 'correção desfeita', 'correções desfeitas')} fora do sistema`,
    (n, count) => `${count} ${plural(n, 'correction', 'corrections')} undone from outside`,
  ),
  conferencia: both(
    (rule: string, text: string) => `A regra ${rule}: ${text}`,
    (rule, text) => `Rule ${rule}: ${text}`,
  ),
  notas_recusadas: both(
    (n: number, count: string) =>
      `${count} ${plural(n, 'arquivo de nota recusado', 'arquivos de notas recusados')} na última leitura da pasta`,
    (n, count) => `${count} note ${plural(n, 'file', 'files')} refused at the last reading of the folder`,
  ),
  periodo_fechado: both(
    (rule: string, n: number, count: string) =>
      `${rule}: ${count} ${plural(n, 'divergência fica como está, em período fechado', 'divergências ficam como estão, em período fechado')}; lance o ajuste no período aberto`,
    (rule, n, count) =>
      `${rule}: ${count} ${plural(n, 'finding stays as it is', 'findings stay as they are')}, in a closed period; book the adjustment in the open one`,
  ),
}

export const undone = {
  title: both(
    (n: number, count: string) =>
      `${count} ${plural(n, 'correção desfeita', 'correções desfeitas')} fora do sistema`,
    (n, count) => `${count} ${plural(n, 'correction', 'corrections')} undone from outside`,
  ),
  load: both(
    (rule: string, count: string, when: string | undefined) =>
      when === undefined
        ? `${rule}: ${count}, carga não identificada (a hora da carga não é posterior à correção)`
        : `${rule}: ${count} pela carga de ${when}`,
    (rule, count, when) =>
      when === undefined
        ? `${rule}: ${count}, load unknown (the load time is not later than the correction)`
        : `${rule}: ${count} by the load of ${when}`,
  ),
  others: both(
    (n: number, count: string) => `e mais ${count} ${plural(n, 'carga', 'cargas')}`,
    (n, count) => `and ${count} more ${plural(n, 'load', 'loads')}`,
  ),
  gone: both(
    (n: number, count: string) =>
      `${count} com o registro apagado: ${plural(n, 'não existe', 'não existem')} mais no data warehouse`,
    (n, count) => `${count} whose ${plural(n, 'row is', 'rows are')} gone from the warehouse`,
  ),
  again: both(
    (n: number, count: string) =>
      `${count} ${plural(n, 'refeita', 'refeitas')} por esta sessão; o valor não conta outra vez`,
    (_, count) => `${count} made again by this session; the amount is not counted twice`,
  ),
  stopped: both(
    (n: number, count: string, times: string) =>
      `${count} já ${plural(n, 'desfeita', 'desfeitas')} ${times} vezes ou mais: auto não ${plural(n, 'a refaz', 'as refaz')}, uma pessoa decide`,
    (n, count, times) =>
      `${count} undone ${times} times or more: auto no longer repeats ${plural(n, 'it', 'them')}, a person decides`,
  ),
  todo: both(
    'O que fazer: corrigir na origem, com a lista de conferente listar --desfeitas, ou rodar a sessão depois da carga.',
    'What to do: correct it at the source, with the list of conferente listar --desfeitas, or run the session after the load.',
  ),
  link: both('Ver esta sessão na revisão', 'See this session on the review page'),
}
