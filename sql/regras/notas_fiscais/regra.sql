-- What notas_fiscais lacks before it can look for anything, in a sentence that says what to do, or null. Reads audit.notas; changes
-- nothing. Called by the engine when a session begins.
create or replace function regra_notas_fiscais.requisitos() returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select 'Nenhuma nota foi lida. Leia os arquivos XML com: conferente notas PASTA.' where not exists (select from audit.notas)
$$;

comment on function regra_notas_fiscais.requisitos() is 'What notas_fiscais lacks before it can run, with what to do, or null.';
revoke execute on function regra_notas_fiscais.requisitos() from public;

-- Compares entries with their electronic notes (regra_notas_fiscais.preparar found which): amounts, documents' amounts, companies,
-- cancelled notes, notes shared out over several entries, and keys whose note nobody has read. It proposes an amount only where a single
-- entry belongs to the note. It is sure enough for auto only where the entry cites the key, company and date agree, the note can bear
-- witness (regra_notas_fiscais.testemunha), only one amount is possible, and the mistake has a shape that nothing honest has. Reads
-- dw.lancamentos, audit.notas and the settings; changes nothing. Called by the engine for a window, and again over corrected keys to verify
-- them.
create or replace function regra_notas_fiscais.detectar(janela audit.janela) returns setof audit.achado
language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
as $$
declare
  v_tolerancia numeric := coalesce((audit_interno.configuracao('valores.tolerancia_absoluta') #>> '{}')::numeric, 0.05);
  v_dias int := (audit_interno.configuracao('notas.dias_vinculo') #>> '{}')::int;
  v_fora text[];
begin
  -- the other entries of the window's notes that lie outside it
  with dentro as materialized (
    select v.registro_id, v.chave
    from dw.lancamentos l
    join regra_notas_fiscais.vinculos v on v.registro_id = l.id::text
    where audit.na_janela(row(janela.data_inicio, janela.data_fim, janela.carregado_desde, janela.carregado_ate, janela.chaves)::audit.janela, l.data_lancamento, l.carregado_em, l.id)
  )
  select array_agg(i.registro_id) into v_fora
  from regra_notas_fiscais.vinculos i
  where i.chave in (select d.chave from dentro d) and i.registro_id not in (select d.registro_id from dentro d);

  return query
  with lida as (
    select true as dentro, l.id, l.data_lancamento, l.fornecedor_id, l.documento::text as documento, l.descricao::text as descricao,
      l.categoria::text as categoria, l.conta_contabil::text as conta, l.valor, l.valor_documento, l.valor_desconto
    from dw.lancamentos l where audit.na_janela(row(janela.data_inicio, janela.data_fim, janela.carregado_desde, janela.carregado_ate, janela.chaves)::audit.janela, l.data_lancamento, l.carregado_em, l.id)
    union all
    select false, l.id, l.data_lancamento, l.fornecedor_id, l.documento::text, l.descricao::text,
      l.categoria::text, l.conta_contabil::text, l.valor, l.valor_documento, l.valor_desconto
    from dw.lancamentos l where l.id = any (audit_interno.chaves_como(v_fora, (null::dw.lancamentos).id))
  ), linha as materialized (
    select l.dentro, l.id, l.data_lancamento, l.fornecedor_id, l.documento, l.descricao, l.categoria, l.conta, l.valor, l.valor_documento, nullif(l.valor_desconto, 0) as desconto,
      v.chave, v.como
    from lida l
    join regra_notas_fiscais.vinculos v on v.registro_id = l.id::text
    where abs(l.valor) < 1e16
  ), conjunto as (
    select l.chave, count(*) as linhas, sum(l.valor) as soma, (array_agg(l.id order by l.data_lancamento desc, l.id desc))[1] as ultima,
      count(distinct l.data_lancamento) = 1 and bool_and(regra_validacao_valores.parcela_dita(l.descricao) = '') as de_uma_vez,
      string_agg(l.id::text, ', ' order by l.data_lancamento, l.id) as ids
    from linha l
    group by l.chave
  ), caso as (
    select l.*, c.linhas, c.soma, c.ids, n as nota, x.certos,
      regra_notas_fiscais.testemunha(n) as testemunha,
      regras.raiz_fornecedor(l.fornecedor_id) as raiz,
      length(translate(l.fornecedor_id, './- ', '')) = 14 as tem_cnpj,
      l.data_lancamento between n.data_emissao - 5 and n.data_emissao + v_dias as na_data,
      case
        when n.cancelada_em is not null then case when l.id = c.ultima and abs(c.soma) > v_tolerancia then 'nota_cancelada' end
        when c.linhas > 1 then case
          when l.id <> c.ultima or abs(c.soma) <= v_tolerancia then null
          when abs(c.soma) > x.maior + v_tolerancia then 'rateio_excede'
          when c.de_uma_vez and not regra_notas_fiscais.um_deles(c.soma, x.certos, v_tolerancia) then 'rateio_incompleto' end
        when not regra_notas_fiscais.um_deles(l.valor, x.certos, v_tolerancia) then
          case when regra_validacao_valores.parcela_dita(l.descricao) <> '' and abs(l.valor) < x.maior then null else 'valor_da_nota' end
        when l.valor_documento is not null
          and not regra_notas_fiscais.um_deles(l.valor_documento, x.certos || (n.valor_total + coalesce(n.valor_desconto, 0)), v_tolerancia) then 'documento_da_nota'
      end as tipo
    from linha l
    join conjunto c on c.chave = l.chave
    join audit.notas n on n.chave = l.chave
    cross join lateral (
      select y.certos, (select max(a) from unnest(y.certos) as a) as maior
      from (select regra_notas_fiscais.valores_certos(n, l.desconto) as certos) y
    ) x
    where n.autorizada and n.producao and l.dentro
  ), pesado as (
    select c.*,
      case when c.tipo = 'valor_da_nota' then regra_validacao_valores.tipo_diferenca(c.valor, (c.nota).valor_total, c.desconto, v_tolerancia, 1e9, 1e9) end as forma,
      r.tributos,
      -- nothing in the note, the entry or the law allows another amount
      c.como = 'chave' and c.testemunha is null and c.tem_cnpj and c.raiz = (c.nota).emitente_raiz and c.na_data and c.linhas = 1
        and cardinality(c.certos) = 1 and c.desconto is null and c.valor > 0 and c.data_lancamento >= (c.nota).data_emissao
        and not regra_notas_fiscais.fala_de_mais(concat_ws(' ', c.documento, c.descricao, c.categoria, c.conta), c.chave) as certo
    from caso c
    left join lateral regra_validacao_valores.retencao_entre(c.valor, (c.nota).valor_total, (c.nota).data_emissao, (c.nota).data_emissao) r on c.tipo = 'valor_da_nota'
    where c.tipo is not null
  )
  select null::text, p.id::text,
    case p.tipo when 'valor_da_nota' then jsonb_build_object('valor', (p.nota).valor_total - coalesce(p.desconto, 0))
      when 'documento_da_nota' then case when p.desconto is null then jsonb_build_object('valor_documento', (p.nota).valor_total) else '{}' end
      else '{}' end,
    regra_notas_fiscais.confianca(p.tipo, p.como, p.testemunha, p.certo, p.forma, p.tributos,
      p.valor < (p.nota).valor_total, p.valor_documento is null or abs(p.valor_documento - (p.nota).valor_total) <= v_tolerancia),
    jsonb_strip_nulls(jsonb_build_object('tipo', p.tipo, 'chave', p.chave, 'vinculo', p.como, 'valor', p.valor,
      'valor_documento', p.valor_documento, 'total_da_nota', (p.nota).valor_total, 'liquido_da_nota', (p.nota).valor_liquido,
      'emissao', (p.nota).data_emissao, 'emitente', (p.nota).emitente, 'cancelada_em', (p.nota).cancelada_em,
      'ajuste', case p.tipo when 'documento_da_nota' then 0 when 'nota_cancelada' then -p.soma
        when 'valor_da_nota' then null else sign(p.soma) * (p.nota).valor_total - p.soma end,
      'forma', p.forma, 'tributos_retidos', p.tributos, 'nao_testemunha', p.testemunha,
      'lancamentos', case when p.linhas > 1 then p.ids end, 'soma', case when p.linhas > 1 then p.soma end)),
    regra_notas_fiscais.frase(p.tipo, p.nota, p.valor, p.valor_documento, p.soma, p.linhas, p.testemunha, p.tributos),
    case p.tipo when 'valor_da_nota' then abs(p.valor - (p.nota).valor_total)
      when 'documento_da_nota' then abs(p.valor_documento - (p.nota).valor_total)
      when 'nota_cancelada' then abs(p.soma)
      else abs(abs(p.soma) - (p.nota).valor_total) end
  from pesado p;

  return query select * from regra_notas_fiscais.outra_empresa(janela);
  return query select * from regra_notas_fiscais.sem_nota(janela);
  return query select * from regra_notas_fiscais.sem_nota_costumeira(janela);
end
$$;

comment on function regra_notas_fiscais.detectar(audit.janela) is
  'Rule: compares entries with their electronic notes. Proposes the note''s total as valor or valor_documento; flags cancelled notes, lines that do not add up, other companies, keys without a note, and entries without a note when the supplier''s other entries have one. Amount at stake: the absolute difference, or the amount booked on a cancelled note.';
revoke execute on function regra_notas_fiscais.detectar(audit.janela) from public;
