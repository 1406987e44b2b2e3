import { both } from '../both.ts'
import { window } from '../notice.ts'
import { plural } from './plural.ts'
export const control = {
  before: both('Antes da sessão', 'Before the session'),
  after: both('Agora', 'Now'),
  difference: both('Diferença', 'Difference'),
  corrected: both('Explicada por correções desta sessão', 'Explained by corrections of this session'),
  others: both(
    'Explicada por correções e reversões posteriores',
    'Explained by later corrections and rollbacks',
  ),
  unexplained: both(
    'Sem explicação (carga ou mudança de fora)',
    'Unexplained (a load, or a change from outside)',
  ),
  balanced: both(
    'Confere ao centavo: a diferença está toda explicada.',
    'Balances to the cent: the whole difference is explained.',
  ),
  undone: both(
    (n: number, count: string) =>
      `A diferença desta sessão está explicada, mas ${count} ${plural(n, 'correção anterior foi desfeita', 'correções anteriores foram desfeitas')} fora do sistema.`,
    (n, count) =>
      `This session's difference is explained, but ${count} earlier ${plural(n, 'correction was', 'corrections were')} undone from outside.`,
  ),
  unbalanced: both(
    (amount: string) => `${amount} mudaram na janela sem passar pelo Conferente.`,
    (amount) => `${amount} changed in the window without going through Conferente.`,
  ),
  failed: both(
    (text: string) => `Os totais não puderam ser medidos de novo: ${text}`,
    (text) => `The totals could not be computed again: ${text}`,
  ),
  none: both('Nenhuma regra mediu valores nesta janela.', 'No rule added up amounts in this window.'),
}

export const session = {
  id: both('Sessão', 'Session'),
  status: both('Estado', 'State'),
  mode: both('Modo', 'Mode'),
  window: both('Janela', 'Window'),
  rows: both('Linhas examinadas', 'Rows examined'),
  suppressed: both('Silenciadas por exceção', 'Silenced by exception'),
  obsolete: both('Obsoletas', 'Obsolete'),
  duration: both('Duração', 'Duration'),
  who: both('Pedida por', 'Requested by'),
  manual: both('manual: só detecta', 'manual: only detects'),
  auto: both('auto: detecta e corrige o que pode', 'auto: detects and corrects what it may'),
  loaded: window.loaded,
  booked: window.booked,
  seconds: both(
    (n: string) => `${n} s`,
    (n) => `${n} s`,
  ),
  error: both('Erro', 'Error'),
  attempts: both('Tentativas', 'Attempts'),
}

export const absence = {
  last: both('Última sessão que terminou', 'Last session that ended'),
  none: both('nenhuma até hoje', 'none so far'),
  running: both('Sessão em curso', 'Session under way'),
  notRunning: both('nenhuma', 'none'),
  error: both('Erro da agenda', 'Schedule error'),
  state: both(
    (id: string, status: string, when: string) => `${id}, ${status}${when && `, ${when}`}`,
    (id, status, when) => `${id}, ${status}${when && `, ${when}`}`,
  ),
  todo: both(
    'Confira se conferente trabalhar está no ar e se o banco responde. Ao voltar, o trabalhador recupera a sessão perdida.',
    'Check that conferente trabalhar is running and that the database answers. Once back, the worker makes up for the missed session.',
  ),
}
