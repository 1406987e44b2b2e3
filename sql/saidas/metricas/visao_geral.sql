-- What a manager asks about the last days, in one document: what waits and since when, what came and went on each day, what each rule did,
-- mail, and when the schedule is next due. People's answers on each rule are in audit.vw_metricas_regras. Reads the index of findings and
-- the small tables; changes nothing. Called by the review page.
create or replace function audit.visao_geral(dias integer default 30)
returns jsonb
language plpgsql
stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_fuso text := audit.fuso();
  v_ate date := audit.hoje();
  v_de date;
  v_desde timestamptz;
begin
  if visao_geral.dias is null or visao_geral.dias not between 1 and 366 then
    raise exception using errcode = 'NC001', message = format('dias inválidos: %s', coalesce(visao_geral.dias::text, 'nulo')), hint = 'Use de 1 a 366.';
  end if;
  v_de := v_ate - visao_geral.dias + 1;
  v_desde := v_de::timestamp at time zone v_fuso;
  return (
    with achada as materialized (
      select r.dia, r.aguarda_pessoa, sum(r.quantidade) as quantas, sum(r.valor_em_risco) as valor
      from audit.vw_metricas_resumo r
      group by r.dia, r.aguarda_pessoa
    ), faixa (n, de, ate) as (
      values (1, 0, 0), (2, 1, 2), (3, 3, 7), (4, 8, 30), (5, 31, null)
    ), sessao as materialized (
      select s.*, (s.inicio_processamento at time zone v_fuso)::date as dia
      from audit.sessoes_processamento s
      where s.inicio_processamento >= v_desde
    )
    select jsonb_build_object('dias', visao_geral.dias, 'de', v_de, 'ate', v_ate, 'proxima', audit.proxima_execucao(),
      'espera', (select jsonb_build_object('quantidade', coalesce(sum(a.quantas), 0), 'valor', coalesce(sum(a.valor), 0)) from achada a where a.aguarda_pessoa),
      'idades', (
        select jsonb_agg(jsonb_build_object('de', f.de, 'ate', f.ate, 'quantidade', x.quantas, 'valor', x.valor) order by f.n)
        from faixa f
        cross join lateral (
          select coalesce(sum(a.quantas), 0) as quantas, coalesce(sum(a.valor), 0) as valor
          from achada a
          where a.aguarda_pessoa and v_ate - a.dia between f.de and coalesce(f.ate, v_ate - a.dia)
        ) x),
      'tendencia', (
        select jsonb_agg(jsonb_build_object('dia', d.dia, 'novas', coalesce(n.quantas, 0), 'valor_novas', coalesce(n.valor, 0),
          'corrigidas', coalesce(c.corrigidas, 0), 'valor_corrigido', coalesce(c.valor, 0), 'decididas', coalesce(p.decididas, 0)) order by d.dia)
        from (select g::date as dia from generate_series(v_de::timestamp, v_ate::timestamp, interval '1 day') g) d
        left join (select a.dia, sum(a.quantas) as quantas, sum(a.valor) as valor from achada a group by a.dia) n using (dia)
        left join (select s.dia, sum(s.corrigidas) as corrigidas, sum(s.valor_corrigido) as valor from sessao s group by s.dia) c using (dia)
        left join (
          select (s.decidida_em at time zone v_fuso)::date as dia, count(distinct s.divergencia_id) as decididas
          from audit.decisoes s
          where s.decidida_em >= v_desde and audit_interno.responde(s.tipo)
          group by 1) p using (dia)),
      'sessoes', (
        select jsonb_build_object('total', count(*), 'concluidas', count(*) filter (where s.status = 'concluida'),
          'com_falhas', count(*) filter (where s.status = 'concluida_com_falhas'), 'falharam', count(*) filter (where s.status = 'falhou'),
          'canceladas', count(*) filter (where s.status = 'cancelada'))
        from sessao s),
      'regras', (
        select coalesce(jsonb_agg(jsonb_build_object('regra', r.nome, 'sessoes', e.sessoes, 'falhas', e.falhas, 'puladas', e.puladas,
          'linhas_examinadas', e.linhas, 'encontradas', e.encontradas, 'novas', e.novas, 'corrigidas', e.corrigidas, 'recusadas', e.recusadas,
          'desfeitas', e.desfeitas, 'valor_corrigido', e.valor, 'segundos', e.segundos, 'ultimo', e.ultimo) order by r.prioridade, r.nome), '[]')
        from audit.regras r
        cross join lateral (
          select count(*) as sessoes, count(*) filter (where e.status = 'falhou') as falhas, count(*) filter (where e.status = 'pulada') as puladas,
            coalesce(sum(e.linhas_examinadas), 0) as linhas, coalesce(sum(e.encontradas), 0) as encontradas, coalesce(sum(e.novas), 0) as novas,
            coalesce(sum(e.corrigidas), 0) as corrigidas, coalesce(sum(e.falhas), 0) as recusadas, coalesce(sum(e.desfeitas), 0) as desfeitas,
            coalesce(sum(e.valor_corrigido), 0) as valor, round(extract(epoch from avg(e.duracao))::numeric, 1) as segundos,
            (array_agg(coalesce(e.erro_mensagem, e.motivo) order by e.sessao_id desc))[1] as ultimo
          from sessao s
          join audit.execucoes_regra e on e.sessao_id = s.id
          where e.regra = r.nome
        ) e),
      'correio', (
        select jsonb_build_object('enviadas', count(*) filter (where n.status = 'enviada'), 'falharam', count(*) filter (where n.status = 'falhou'),
          'esperam', count(*) filter (where n.status in ('pendente', 'composta')), 'dispensadas', count(*) filter (where n.status = 'dispensada'))
        from audit.notificacoes n
        where n.criada_em >= v_desde)));
end
$$;
comment on function audit.visao_geral(integer) is
  'The last days (1 to 366, including today, in the zone agenda.fuso) as JSON: espera (quantidade, valor in BRL) and idades (the same by age in days; ate null: and older) of what waits for a person now; tendencia: for each day novas and valor_novas (first found), corrigidas and valor_corrigido (by sessions that began then) and decididas (findings that people answered); sessoes and correio (counts by status); regras (what each did: sessoes, falhas, puladas, linhas_examinadas, encontradas, novas, corrigidas, recusadas by the warehouse, desfeitas by loads, valor_corrigido, mean segundos, and the message of the latest run); proxima, when the schedule is next due. Errors: NC001.';
grant execute on function audit.visao_geral(integer) to conferente_leitor;
