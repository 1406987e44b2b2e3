-- Takes back a postponement, a forwarding or a comment: each finding is again what it was before, including an earlier postponement and
-- forwarding. What was postponed, forwarded or decided since is reported and left. Called by audit.desfazer.
create or replace function audit_interno.retirar_notas(de audit.operacoes, motivo text)
returns setof audit.resultado_decisao
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_ator text := audit_interno.ator();
  v_fuso text := audit.fuso();
  v_ids bigint[] := array(select c.divergencia_id from audit.decisoes c where c.operacao_id = de.id order by 1);
  v_operacao bigint;
begin
  perform from audit.divergencias_processadas d where d.id = any (v_ids) order by d.id for update;
  perform audit_interno.criar_deixadas();
  insert into pg_temp.conferente_deixada (divergencia_id, codigo, explicacao)
  select d.id, 'NC005', coalesce(
    'retirada' || x.quem, y.tipo || y.quem,
    format('já está %s%s', d.status, coalesce(': ' || d.motivo, '')))
  from audit.decisoes n
  join audit.divergencias_processadas d on d.id = n.divergencia_id
  left join lateral (
    select r.id, format(' por %s%s', r.ator, to_char(r.decidida_em at time zone v_fuso, '" em "DD/MM/YYYY" às "HH24:MI')) as quem
    from audit.decisoes r join audit.operacoes o on o.id = r.operacao_id and o.detalhes @> jsonb_build_object('desfeita', de.id)
    where r.divergencia_id = d.id and r.tipo = 'retirada'
  ) as x on true
  left join lateral (
    select c.id, c.tipo, format(' por %s%s', c.ator, to_char(c.decidida_em at time zone v_fuso, '" em "DD/MM/YYYY" às "HH24:MI')) as quem
    from audit.decisoes c
    where c.divergencia_id = d.id and c.id > n.id and c.tipo in ('adiamento', 'encaminhamento') and not exists (
      select from audit.decisoes r join audit.operacoes o on o.id = r.operacao_id and o.detalhes @> jsonb_build_object('desfeita', c.operacao_id)
      where r.divergencia_id = d.id and r.tipo = 'retirada')
    order by c.id desc limit 1
  ) as y on true
  where n.operacao_id = de.id and (x.id is not null or de.tipo <> 'comentario' and (
    y.id is not null or not audit.aguarda_pessoa(d.status)
    or (d.adiada_ate, d.encaminhada_para) is distinct from (n.ate, n.para)));
  perform audit_interno.recusar_deixadas(v_ids, 'desfazer');

  v_operacao := audit_interno.abrir_operacao('desfazimento', motivo => retirar_notas.motivo, detalhes => jsonb_build_object('desfeita', de.id));
  insert into audit.decisoes (operacao_id, divergencia_id, tipo, ator, motivo, confianca, ate, para, antes)
  select v_operacao, d.id, 'retirada', v_ator, retirar_notas.motivo, d.confianca,
    case when de.tipo = 'comentario' then d.adiada_ate else (n.antes ->> 'adiada_ate')::date end,
    case when de.tipo = 'comentario' then d.encaminhada_para else n.antes ->> 'encaminhada_para' end,
    jsonb_build_object('adiada_ate', d.adiada_ate, 'encaminhada_para', d.encaminhada_para)
  from audit.decisoes n
  join audit.divergencias_processadas d on d.id = n.divergencia_id
  where n.operacao_id = de.id and not exists (select from pg_temp.conferente_deixada x where x.divergencia_id = d.id)
  order by d.id;
  update audit.divergencias_processadas d
  set adiada_ate = c.ate, encaminhada_para = c.para
  from audit.decisoes c
  where c.operacao_id = v_operacao and d.id = c.divergencia_id and de.tipo <> 'comentario';
  perform audit_interno.fechar_operacao(v_operacao, (select count(*) from audit.decisoes c where c.operacao_id = v_operacao));
  return query select * from audit_interno.resultados_decisao(v_ids, v_operacao, case de.tipo
    when 'comentario' then 'comentário retirado' when 'adiamento' then 'adiamento desfeito' else 'encaminhamento desfeito' end);
end
$$;
comment on function audit_interno.retirar_notas(audit.operacoes, text) is 'Undoes a person''s own adiamento, encaminhamento or comentario. Returns each finding.';
