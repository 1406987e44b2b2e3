-- Counts the learnable history of the given booking months anew (all months when null) into
-- audit_interno.estatistica_contagem. Never learns from entries that are pending, have no category, or were corrected by us
-- without a person's word. Reads dw.lancamentos and the audit tables; writes audit_interno.estatistica_* only.
-- Called by regras.preparar_pendente_verificacao.
create or replace function audit_interno.contar_meses(meses int[]) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
as $$
declare
  v_pendentes text[] := audit_interno.rotulos_pendentes();
  v_inicio date;
  v_fim date;
begin
  if meses is null then
    delete from audit_interno.estatistica_contagem;
    delete from audit_interno.estatistica_mes;
  else
    delete from audit_interno.estatistica_contagem c where c.mes = any (meses);
    delete from audit_interno.estatistica_mes m where m.mes = any (meses);
    select make_date(min(m) / 12, min(m) % 12 + 1, 1), (make_date(max(m) / 12, max(m) % 12 + 1, 1) + interval '1 month')::date
    into v_inicio, v_fim
    from unnest(meses) m;
  end if;

  insert into audit_interno.estatistica_categoria (categoria)
  select distinct l.categoria
  from dw.lancamentos l
  where (meses is null or l.data_lancamento >= v_inicio and l.data_lancamento < v_fim
      and audit_interno.mes_indice(l.data_lancamento) = any (meses))
    and btrim(l.categoria) <> ''
  on conflict (categoria) do nothing;

  insert into audit_interno.estatistica_contagem (nivel, chave, mes, categoria, linhas)
  with linha as materialized (
    select audit_interno.mes_indice(l.data_lancamento) as mes, c.id as categoria, coalesce(l.fornecedor, '') as fornecedor,
      nullif(btrim(l.fornecedor_id), '') as codigo, nullif(btrim(l.centro_custo), '') as centro,
      nullif(btrim(l.conta_contabil), '') as conta, l.valor, l.descricao
    from dw.lancamentos l
    join (
      select k.id, k.categoria
      from audit_interno.estatistica_categoria k
      where audit_interno.dobrar(btrim(k.categoria)) <> all (v_pendentes)
      offset 0
    ) c on c.categoria = l.categoria
    where (meses is null or l.data_lancamento >= v_inicio and l.data_lancamento < v_fim
        and audit_interno.mes_indice(l.data_lancamento) = any (meses))
      and audit_interno.mes_indice(l.data_lancamento) is not null
      and not exists (
        select from audit.divergencias_processadas d
        where d.tabela = 'dw.lancamentos' and d.registro_id = l.id::text and d.status = 'corrigida'
          and d.valores_propostos ? 'categoria'
          and not exists (
            select from audit.decisoes p
            where p.divergencia_id = d.id and p.tipo in ('aprovacao', 'segunda_aprovacao', 'correcao_manual'))
      )
  ), nome as materialized (
    -- few names, many entries: spelled out once each
    select n.fornecedor, audit_interno.nome_canonico(n.fornecedor) as nome
    from (select distinct l.fornecedor from linha l) n
  )
  select f.nivel, f.chave, h.mes, h.categoria, count(*)
  from (
    select l.mes, l.categoria, audit_interno.raiz_fornecedor(l.codigo) as raiz, n.nome, l.codigo, l.centro, l.conta, l.valor,
      audit_interno.palavras_texto(l.descricao) as texto
    from linha l
    join nome n on n.fornecedor = l.fornecedor
    offset 0
  ) h
  cross join lateral audit_interno.caracteristicas(
    h.raiz, h.nome, h.codigo, h.centro, h.conta, h.valor, nullif(h.texto, ''), concat_ws(' ', h.nome, h.texto)) f
  group by f.nivel, f.chave, h.mes, h.categoria;

  insert into audit_interno.estatistica_mes (mes, linhas)
  select c.mes, sum(c.linhas)
  from audit_interno.estatistica_contagem c
  where c.nivel = 0 and (meses is null or c.mes = any (meses))
  group by c.mes;
end
$$;

comment on function audit_interno.contar_meses(int[]) is 'Recounts the learnable history of some booking months, or of all when null.';
revoke execute on function audit_interno.contar_meses(int[]) from public;
