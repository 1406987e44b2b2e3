-- The next step of a session. The process that conducts it asks this, runs the step with executar_etapa, and asks again.
create or replace function audit_interno.proxima_etapa(
  sessao_id bigint, out etapa text, out regra text, out tempo_limite_ms bigint, out ordem bigint, out total bigint
)
language plpgsql
stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_sessao audit.sessoes_processamento;
begin
  select * into v_sessao from audit.sessoes_processamento s where s.id = proxima_etapa.sessao_id;
  if not found then
    raise exception using errcode = 'NC004', message = format('sessão desconhecida: %s', coalesce(sessao_id::text, 'nula'));
  end if;
  tempo_limite_ms := 600000;
  if v_sessao.status not in ('agendada', 'em_andamento') then
    etapa := 'fim';
    return;
  end if;
  if v_sessao.partes is not null then -- workers share it
    select t.etapa, case when t.etapa <> 'partes' then r.nome end, extract(epoch from r.tempo_limite) * 1000
    into etapa, regra, tempo_limite_ms
    from audit.execucoes_regra e
    join audit.regras r on r.nome = e.regra
    cross join lateral (
      select count(*) as total, count(*) filter (where p.status = 'pendente') as faltam
      from audit_interno.partes_sessao p where p.sessao_id = v_sessao.id and p.regra = e.regra) as p
    cross join lateral (
      select case when p.total = 0 then 'repartir' when p.faltam = 0 then 'juntar' else 'partes' end as etapa) as t
    where e.sessao_id = v_sessao.id and e.status = 'pendente'
    -- rules that need preparation come later, when the other workers have something to do meanwhile
    order by t.etapa = 'partes', t.etapa = 'juntar', r.preparacao is not null, r.prioridade, r.nome
    limit 1;
    if found then
      ordem := v_sessao.partes_concluidas;
      total := v_sessao.partes;
      return;
    end if;
  end if;
  select 'detectar', r.nome, extract(epoch from r.tempo_limite) * 1000, count(*) filter (where e.status <> 'pendente') over () + 1,
    count(*) over ()
  into etapa, regra, tempo_limite_ms, ordem, total
  from audit.execucoes_regra e join audit.regras r on r.nome = e.regra
  where e.sessao_id = v_sessao.id
  order by e.status <> 'pendente', r.prioridade, r.nome
  limit 1;
  if exists (select from audit.execucoes_regra e where e.sessao_id = v_sessao.id and e.status = 'pendente') then
    return;
  end if;
  regra := null;
  tempo_limite_ms := 600000; -- the following steps belong to no single rule
  if v_sessao.modo = 'auto' and v_sessao.etapa = 'deteccao' then
    etapa := 'limitar';
    return;
  end if;
  select 'corrigir', r.nome, extract(epoch from r.tempo_limite) * 1000, e.corrigidas
  into etapa, regra, tempo_limite_ms, ordem
  from audit.execucoes_regra e join audit.regras r on r.nome = e.regra
  where e.sessao_id = v_sessao.id and e.status = 'detectada'
  order by r.prioridade, r.nome
  limit 1;
  if not found then
    etapa := 'finalizar';
    tempo_limite_ms := 600000;
  end if;
end
$$;
comment on function audit_interno.proxima_etapa(bigint) is
  'Next step of a session: detectar or corrigir (with the rule), limitar, finalizar or fim, and the longest it may take in milliseconds. When workers share it, instead of detectar: repartir (with the rule), partes (take any part with audit_interno.tomar_parte; if there is none, wait) and juntar (with the rule).';
grant execute on function audit_interno.proxima_etapa(bigint) to conferente_operador;
