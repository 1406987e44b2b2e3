-- Notes that no entry is of. A finding needs a row of the warehouse, and these have none: so they are shown here, counted in the diagnosis and after
-- each session. Of notes for which the ledger has not been looked through yet (regra_notas_fiscais.preparar) nothing is said.
create or replace view audit.vw_notas_sem_lancamento as
select n.chave, n.tipo, n.numero, n.serie, n.emitente, n.emitente_nome, n.destinatario, n.data_emissao, n.valor_total,
  (audit.hoje() - n.data_emissao) as dias
from audit.notas n
where n.autorizada and n.producao and n.cancelada_em is null
  and n.data_emissao < audit.hoje() - (
    select (s.valor #>> '{}')::int from audit.configuracoes_sistema s where s.chave = 'notas.dias_sem_lancamento')
  and n.lida_em <= (select c.notas_ate from regra_notas_fiscais.controle c)
  and not exists (select from regra_notas_fiscais.vinculos v where v.chave = n.chave);
comment on view audit.vw_notas_sem_lancamento is 'Authorised notes, issued more than notas.dias_sem_lancamento days ago and not cancelled, of which no entry was found. As of the last session of the rule notas_fiscais.';
comment on column audit.vw_notas_sem_lancamento.chave is 'Access key.';
comment on column audit.vw_notas_sem_lancamento.tipo is 'nfe or nfse.';
comment on column audit.vw_notas_sem_lancamento.numero is 'Number of the note.';
comment on column audit.vw_notas_sem_lancamento.serie is 'Its series; null for an NFS-e.';
comment on column audit.vw_notas_sem_lancamento.emitente is 'CNPJ or CPF of who issued it.';
comment on column audit.vw_notas_sem_lancamento.emitente_nome is 'Name of who issued it.';
comment on column audit.vw_notas_sem_lancamento.destinatario is 'CNPJ or CPF of who it is for.';
comment on column audit.vw_notas_sem_lancamento.data_emissao is 'Day of issue.';
comment on column audit.vw_notas_sem_lancamento.valor_total is 'Total in BRL.';
comment on column audit.vw_notas_sem_lancamento.dias is 'Days since it was issued.';
