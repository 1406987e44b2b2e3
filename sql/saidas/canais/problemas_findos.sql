-- Problems that are over. One caused by a session is over once a later session has made it good, for the same window and with the same
-- rules; any other once it is gone. Part of conferir_alarmes.
create or replace function audit_interno.problemas_findos()
returns table (alarme_id bigint, desfecho text)
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select a.id, 'bem'
  from audit_interno.alarmes a
  join audit.sessoes_processamento o on o.id = a.sessao_id
  cross join lateral (
    select s.status, s.limite_atingido
    from audit.sessoes_processamento s
    where s.status in ('concluida', 'concluida_com_falhas', 'falhou') and audit_interno.sessao_cobre(s, o)
      and (a.tipo = 'falha' or s.modo = 'auto' and s.etapa = 'fim')
    order by s.id desc limit 1
  ) as u
  where a.encerrado_em is null and case a.tipo when 'limite' then u.limite_atingido is null
    else a.tipo = 'falha' and a.regra is null and u.status <> 'falhou' end
  union all
  select a.id, case when r.ativa then 'bem' else 'desativada' end
  from audit_interno.alarmes a
  join audit.regras r on r.nome = a.regra
  left join lateral (
    select e.status
    from audit.execucoes_regra e join audit.sessoes_processamento s on s.id = e.sessao_id
    where e.regra = a.regra and e.sessao_id > a.sessao_id and s.etapa = 'fim' and s.status <> 'cancelada' and e.status <> 'inativa'
    order by e.sessao_id desc limit 1
  ) as u on true
  where a.encerrado_em is null and a.tipo = 'falha' and (u.status = 'concluida' or not r.ativa)
  union all
  select a.id, 'bem'
  from audit_interno.alarmes a
  where a.encerrado_em is null and a.sessao_id is null
    and not exists (select from audit_interno.problemas_agora() p where p.tipo = a.tipo and p.chave = a.chave)
$$;
comment on function audit_interno.problemas_findos() is 'Open problems that are over, and how: bem, or desativada (their rule was switched off).';
