import type { Notice } from './facts.ts'

/**
 * The facts in an envelope of CloudEvents 1.0, structured JSON. `id` is the webhook-id, the same at each attempt, so that a
 * receiver recognises a repeated message.
 */
export function cloudEvent({ link, criada_em, ...notice }: Notice, id: string): object {
  const { problema } = notice
  return {
    specversion: '1.0',
    id,
    source: link.replace(/\?.*$/, ''),
    type: `conferente.${notice.tipo}`,
    subject: problema === null ? notice.canal : `${problema.tipo}/${problema.chave}`,
    time: new Date(criada_em).toISOString(),
    datacontenttype: 'application/json',
    data: { ...notice, link },
  }
}
