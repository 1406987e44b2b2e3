-- One decision over a group as it was shown. What joined it or came back to it since is left alone; for what somebody else decided
-- meanwhile it reports who and when. The findings are first locked and checked again; then the act is that of audit.aprovar_divergencias
-- and its sisters, with all their refusals. Never touches what is in exceto.
create or replace function audit.decidir_grupo(grupo text, ato text, exceto bigint[], visto jsonb, motivo text, ate date default null, para text default null)
returns setof audit.resultado_decisao
language plpgsql
volatile security definer
set search_path = pg_catalog, pg_temp
set lock_timeout = '10s'
as $$
declare
  v_motivo text := audit_interno.exigir_motivo(decidir_grupo.motivo);
  v_ator text := audit_interno.ator();
  v_fuso text := audit.fuso();
  v_hoje date := audit.hoje();
  v_exceto bigint[] := coalesce(decidir_grupo.exceto, '{}');
  v_quantidade bigint;
  v_ate bigint;
  v_decisao bigint;
  v_ids bigint[];
  v_vistos text[];
  v_no_grupo bigint;
  v_deixadas audit.resultado_decisao[];
begin
  if ato is null or ato not in ('aprovar', 'rejeitar', 'confirmar', 'adiar', 'encaminhar', 'comentar') then
    raise exception using errcode = 'NC001', message = format('ato desconhecido: %s', coalesce(ato, 'nulo')), hint = 'São possíveis: aprovar, rejeitar, confirmar, adiar, encaminhar, comentar.';
  end if;
  if (ato = 'adiar') <> (decidir_grupo.ate is not null) or (ato = 'encaminhar') <> (decidir_grupo.para is not null) then
    raise exception using errcode = 'NC001', message = 'adiar precisa de "ate" e encaminhar precisa de "para"; os outros atos não aceitam nem um nem outro',
      hint = 'Para adiar até que o registro mude: ate infinity.';
  end if;
  if grupo is null or jsonb_path_match(coalesce(visto, 'null'),
    'strict $.quantidade.type() == "number" && $.ate.type() == "number" && $.decisao.type() == "number"', silent => true) is not true
  then
    raise exception using errcode = 'NC001', message = 'falta o grupo, ou o visto: um grupo se decide como foi mostrado',
      hint = 'Copie o visto de audit.vw_grupos_abertos: {"quantidade": 8, "ate": 41198, "decisao": 120}.';
  end if;
  begin
    select (visto ->> 'quantidade')::bigint, (visto ->> 'ate')::bigint, (visto ->> 'decisao')::bigint into v_quantidade, v_ate, v_decisao;
  exception when data_exception then
    raise exception using errcode = 'NC001', message = format('este visto não é o de um grupo: %s', visto);
  end;

  perform from audit.divergencias_processadas d
  join audit.regras r on r.nome = d.regra
  where audit.aguarda_pessoa(d.status) and d.id <= v_ate and d.id <> all (v_exceto)
    and audit_interno.grupo_em(d, r.piso, d.status, d.encaminhada_para) = decidir_grupo.grupo
  order by d.id
  for update of d;

  with desde as materialized (
    select distinct on (c.divergencia_id) c.divergencia_id from audit.decisoes c
    where c.id > v_decisao and (c.tipo <> 'comentario' or c.ator <> v_ator) order by c.divergencia_id
  )
  select array_agg(d.id order by d.id) filter (where d.id <> all (v_exceto)),
    array_agg(audit.divergencia_visto(d) order by d.id) filter (where d.id <> all (v_exceto)), count(*)
  into v_ids, v_vistos, v_no_grupo
  from audit.divergencias_processadas d
  join audit.regras r on r.nome = d.regra
  where audit.aguarda_pessoa(d.status) and d.id <= v_ate and (d.adiada_ate is null or d.adiada_ate <= v_hoje)
    and audit_interno.grupo_em(d, r.piso, d.status, d.encaminhada_para) = decidir_grupo.grupo
    -- what came back to the group was not shown in it
    and not exists (select from desde s where s.divergencia_id = d.id);
  if v_no_grupo > v_quantidade then
    raise exception using errcode = 'NC021', message = format('o grupo mudou depois de mostrado: tinha %s divergências, agora tem %s', v_quantidade, v_no_grupo),
      hint = 'Nada foi feito. Olhe o grupo de novo.';
  end if;

  -- who was faster
  select array_agg((d.id, 'deixada', 'NC005',
      format('%s%s', case when c.tipo in ('adiamento', 'encaminhamento', 'comentario') then c.tipo
          when d.status in ('aberta', 'falha') or c.tipo = 'retirada' then 'voltou ao grupo depois de visto' else format('já está %s', d.status) end,
        coalesce(' por ' || c.ator || to_char(c.decidida_em at time zone v_fuso, '" em "DD/MM/YYYY" às "HH24:MI') || ': ' || c.motivo, '')),
      d.status, d.regra, d.tabela, d.registro_id, d.valores_originais, d.valores_propostos, d.valores_digitados, d.confianca::numeric,
      d.justificativa, d.valor_em_risco, d.proposta_por, d.decidida_em, d.decidida_por, d.motivo, audit.divergencia_visto(d), null, null)::audit.resultado_decisao
    order by d.id)
  into v_deixadas
  from (
    select distinct on (x.divergencia_id) x.* from audit.decisoes x
    where x.id > v_decisao and (x.tipo <> 'comentario' or x.ator <> v_ator) order by x.divergencia_id, x.id desc
  ) as c
  join audit.divergencias_processadas d on d.id = c.divergencia_id
  join audit.regras r on r.nome = d.regra
  where d.id <= v_ate and d.id <> all (v_exceto) and decidir_grupo.grupo in (
    select audit_interno.grupo_em(d, r.piso, s, p)
    from unnest(audit_interno.situacoes_em_espera()) as s
    cross join (select null::text union select n.para from audit.decisoes n where n.divergencia_id = d.id) as n (p));

  if v_ids is null then
    raise exception using errcode = 'NC005',
      message = format('não se pode %s: %s', ato, coalesce(
        (select string_agg(format('%s: %s', x.id, x.explicacao), '; ' order by x.id) from (select * from unnest(v_deixadas) limit 20) as x),
        'nada do que foi mostrado espera mais neste grupo')),
      hint = 'Nada foi feito.';
  end if;
  return query
    select * from audit.aprovar_divergencias(v_ids, v_motivo, v_vistos) where ato = 'aprovar'
    union all
    select * from audit.rejeitar_divergencias(v_ids, v_motivo) where ato = 'rejeitar'
    union all
    select * from audit.confirmar_divergencias(v_ids, v_motivo) where ato = 'confirmar'
    union all
    select * from audit.adiar(v_ids, decidir_grupo.ate, v_motivo) where ato = 'adiar'
    union all
    select * from audit.encaminhar(v_ids, decidir_grupo.para, v_motivo) where ato = 'encaminhar'
    union all
    select * from audit.comentar(v_ids, v_motivo) where ato = 'comentar';
  return query select * from unnest(v_deixadas);
end
$$;
comment on function audit.decidir_grupo(text, text, bigint[], jsonb, text, date, text) is
  'Approves (ato aprovar), rejects (rejeitar), confirms (confirmar), postpones (adiar, until ate; infinity: until the row changes), forwards (encaminhar, to para) or comments (comentar, with motivo) a group of audit.vw_grupos_abertos as it was shown: grupo and visto as the view gives them, without the findings in exceto. Findings that were found or came back since, or that somebody else has commented on since, are not touched. Returns each finding: what became of it, or deixada with who decided it meanwhile, when and why. It is one operation; audit.desfazer undoes it. Errors: NC001 unknown act, or visto, ate or para is missing; NC005 nothing of what was seen is still waiting; NC006 reason missing; NC007 the same person twice; NC017 nothing proposed; NC021 the group holds more than was seen; NC022 all of it is in a closed period.';
grant execute on function audit.decidir_grupo(text, text, bigint[], jsonb, text, date, text) to conferente_revisor;
