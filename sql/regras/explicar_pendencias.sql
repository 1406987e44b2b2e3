-- The pending entries of a window as findings: what is proposed for each, how surely, and what spoke for it, in figures and in a
-- sentence. metade: of all suppliers (null) or of one half (0, 1). Reads dw.lancamentos, the settings and the statistics that
-- regras.preparar_pendente_verificacao keeps; changes nothing. Called by regras.pendente_verificacao.
create or replace function regras.explicar_pendencias(janela audit.janela, metade int) returns setof audit.achado
-- costly enough to be worth a process of its own
language plpgsql stable parallel safe cost 1e9
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
set enable_nestloop = off
as $$
declare
  v_pendentes text[] := regras.rotulos_pendentes();
  v_minima constant numeric := 0.05;
begin
  return query
  with sugestao as materialized (
    select s.ids, s.bruta, s.bruta_segunda, s.confianca, s.casos, s.acertos, c.categoria as proposta, d.categoria as alternativa,
      e.por_nivel, e.palavras, e.lista, e.todas, e.certas, e.por, s.contra
    from regras.sugerir_pendencias(janela, null, null, metade) s
    join regras.estatistica_categoria c on c.id = s.categoria
    left join regras.estatistica_categoria d on d.id = s.segunda
    cross join lateral regras.descrever_provas(s.niveis, s.termos, s.lancamentos, s.iguais) e
  )
  select
    null::text,
    l.id::text,
    case when q.propor then jsonb_build_object('categoria', s.proposta) else '{}'::jsonb end,
    case when s.id is null then 0.01 else trunc(s.confianca::numeric, 4) end,
    jsonb_strip_nulls(jsonb_build_object(
      'rotulo', l.categoria,
      'contradiz_codigo', s.contra,
      'sugestao', s.proposta,
      'alternativa', s.alternativa,
      'nota', round(s.bruta::numeric, 4),
      'nota_alternativa', round(s.bruta_segunda::numeric, 4),
      'niveis', s.por_nivel,
      'palavras', s.palavras,
      'calibracao', case when s.casos > 0 then jsonb_build_object('casos', s.casos, 'acertos', s.acertos) end)),
    case s.contra
      when 'nome' then 'O nome não se parece com nenhum que o código ' || l.fornecedor_id || ' já teve: confira de quem é; o código não foi levado em conta. '
      when 'texto' then 'O texto não tem nada do que os lançamentos do código ' || l.fornecedor_id || ' já disseram: confira de quem é; o código não foi levado em conta. '
      else ''
    end || case
      when s.id is null then case when btrim(l.categoria) <> '' then 'Pendente' else 'Sem categoria' end || ', e o histórico não tem nada parecido de onde inferir a categoria.'
      else coalesce(case when s.certas > 0 then
          s.certas || ' de ' || s.todas || ' lançamentos de meses anteriores com '
            || case when s.por in ('empresa do fornecedor', 'conta contábil') then 'a mesma ' else 'o mesmo ' end || s.por || ' estão em "' || s.proposta || '". ' end,
          'Nenhum lançamento igual em meses anteriores; "' || s.proposta || '" vem de grupos mais amplos. ')
        || coalesce('Palavras: ' || s.lista || '. ', '')
        || coalesce('A segunda opção é "' || s.alternativa || '". ', '')
        || case when s.casos > 0 then 'De ' || s.casos || ' sugestões passadas com confiança parecida, '
            || s.acertos || ' estavam certas.'
          else 'Ainda não há meses anteriores suficientes para conferir a nota.' end
        || case when q.propor then '' else ' Confiança baixa demais para propor.' end
    end,
    nullif(abs(l.valor), 'NaN')
  from dw.lancamentos l
  left join (select i.id, x.* from sugestao x cross join lateral unnest(x.ids) i (id)) s on s.id = l.id::text
  cross join lateral (select coalesce(s.confianca >= v_minima, false) as propor) q
  where coalesce(audit_interno.dobrar_categoria(l.categoria), '') = any (v_pendentes)
    and (metade is null or regras.metade_fornecedor(l.fornecedor_id, l.fornecedor) = metade)
    and (janela.data_inicio is null or l.data_lancamento >= janela.data_inicio)
    and (janela.data_fim is null or l.data_lancamento <= janela.data_fim)
    and (janela.carregado_desde is null or l.carregado_em >= janela.carregado_desde)
    and (janela.carregado_ate is null or l.carregado_em < janela.carregado_ate)
    and (janela.chaves is null or l.id = any (audit_interno.chaves_como(janela.chaves, (null::dw.lancamentos).id)));
end
$$;

comment on function regras.explicar_pendencias(audit.janela, int) is
  'Findings of pendente_verificacao: of a window''s pending entries, of all suppliers or of one half of them.';
revoke execute on function regras.explicar_pendencias(audit.janela, int) from public;
