-- What one marketing pattern would match in the whole ledger, read as the rule would read it, because a session may run over any window.
-- Uses a sample of some 40,000 entries, drawn as in regra_trade_marketing.parcelas_padroes (fracao: the share of the ledger that it
-- covers). Returns the matched entries; those of them in the marketing category, pending, and booked elsewhere, with amounts and
-- categories; those that no other active pattern reaches; those that an excluding one silences; and those booked elsewhere that none
-- silences (discordam; discordancia: their share, or that of the calendar year in which it is largest, with at least five entries). With
-- acao 'excluir': what this pattern alone keeps from the including ones, which is what these would reach without it. Reads dw.lancamentos,
-- the patterns and the settings; changes nothing. Called by audit.medir_padrao and audit_interno.conferir_alcance, through
-- audit_interno.ler.
create or replace function regra_trade_marketing.medida_padrao(campo text, tipo text, padrao text, acao text)
returns table (
  de date, ate date, fracao numeric, lancamentos bigint, em_marketing bigint, pendentes bigint, em_outra bigint, valor_em_outra numeric,
  so_este bigint, vetados bigint, categorias jsonb, discordam bigint, discordancia numeric
)
language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
as $$
declare
  v_marketing text[] := regras.nomes_da_categoria(audit_interno.configuracao('trade_marketing.categoria') #>> '{}');
  v_pendentes text[] := regras.rotulos_pendentes();
  v_de date;
  v_ate date;
  v_passo bigint;
begin
  select min(l.data_lancamento::date) filter (where l.data_lancamento between date '0030-01-01' and date '9970-12-31'),
    max(l.data_lancamento::date) filter (where l.data_lancamento between date '0030-01-01' and date '9970-12-31'), greatest(1, count(*) / 40000)
  into v_de, v_ate, v_passo
  from dw.lancamentos l;

  return query
  with casado as materialized (
    select t.*, coalesce(audit_interno.dobrar_categoria(t.categoria), '') as categoria_dobrada
    from (
      select l.categoria::text as categoria, l.valor::numeric as valor, audit_interno.dobrar(l.descricao) as descricao,
        audit_interno.dobrar(l.fornecedor) as fornecedor, audit_interno.dobrar(l.conta_contabil) as conta_contabil,
        extract(year from l.data_lancamento::timestamp) as ano
      from dw.lancamentos l
      where v_passo = 1 or hashtextextended(l.id::text, 3) % v_passo = 0
      offset 0
    ) t
    where regra_trade_marketing.padrao_casa(medida_padrao.tipo, medida_padrao.padrao,
      case medida_padrao.campo when 'descricao' then t.descricao when 'fornecedor' then t.fornecedor else t.conta_contabil end)
  ), visto as materialized (
    select c.categoria, c.valor, c.ano, c.categoria_dobrada = any (v_marketing) as certo, c.categoria_dobrada = any (v_pendentes) as pendente,
      coalesce(p.outro, false) as outro, coalesce(p.vetado, false) as vetado
    from casado c
    cross join lateral (
      select bool_or(p.acao = 'incluir' and (p.acao, p.campo, p.tipo, p.padrao)
          is distinct from (medida_padrao.acao, medida_padrao.campo, medida_padrao.tipo, medida_padrao.padrao)) as outro,
        bool_or(p.acao = 'excluir' and (p.acao, p.campo, p.tipo, p.padrao)
          is distinct from (medida_padrao.acao, medida_padrao.campo, medida_padrao.tipo, medida_padrao.padrao)) as vetado
      from audit.padroes_trade_marketing p
      where p.ativo and regra_trade_marketing.padrao_casa(p.tipo, p.padrao,
        case p.campo when 'descricao' then c.descricao when 'fornecedor' then c.fornecedor else c.conta_contabil end)
    ) p
    where medida_padrao.acao = 'incluir' or p.outro and p.vetado is not true
  ), ano as (
    select count(*) filter (where not v.certo and not v.pendente and not v.vetado) as discordam,
      count(*) filter (where v.certo) as certos, grouping(v.ano) = 1 as todos
    from visto v
    group by grouping sets ((), (v.ano))
  )
  select v_de, v_ate, round(1.0 / v_passo, 6), count(*), count(*) filter (where v.certo), count(*) filter (where v.pendente and v.certo is not true),
    count(*) filter (where v.certo is not true and not v.pendente),
    coalesce(sum(v.valor) filter (where v.certo is not true and not v.pendente), 0), count(*) filter (where not v.outro), count(*) filter (where v.vetado), (
      select coalesce(jsonb_agg(jsonb_build_object('categoria', k.categoria, 'lancamentos', k.quantas) order by k.quantas desc, k.categoria), '[]')
      from (select m.categoria, count(*) as quantas from visto m group by m.categoria order by count(*) desc, m.categoria limit 6) k),
    count(*) filter (where v.certo is not true and not v.pendente and not v.vetado), (
      select round(max(a.discordam::numeric / (a.certos + a.discordam)), 4) from ano a where a.certos + a.discordam >= case when a.todos then 1 else 5 end)
  from visto v;
end
$$;

comment on function regra_trade_marketing.medida_padrao(text, text, text, text) is
  'What a pattern would match in the ledger, or what an excluding one protects from the others: entries sampled, in the marketing category, pending, booked elsewhere, matched by no other pattern, silenced by an excluding one.';
revoke execute on function regra_trade_marketing.medida_padrao(text, text, text, text) from public;

-- What a marketing pattern would match, measured before anybody saves it, and how often the ledger disagrees. Reads the ledger as
-- conferente_regra (regra_trade_marketing.medida_padrao); changes nothing. Called while an administrator types a pattern, and by
-- audit_interno.conferir_alcance.
create or replace function audit.medir_padrao(
  campo text, tipo text, padrao text, out de date, out ate date, out fracao numeric, out lancamentos bigint, out em_marketing bigint,
  out pendentes bigint, out em_outra bigint, out valor_em_outra numeric, out so_este bigint, out vetados bigint, out categorias jsonb,
  out discordam bigint, out discordancia numeric
)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if medir_padrao.campo is null or medir_padrao.campo not in ('fornecedor', 'descricao', 'conta_contabil')
    or medir_padrao.tipo is null or medir_padrao.tipo not in ('contem', 'palavra', 'regex')
  then
    raise exception using errcode = 'NC014', message = format('padrão recusado: campo %s, tipo %s', coalesce(campo, 'nulo'), coalesce(tipo, 'nulo')),
      hint = 'campo: fornecedor, descricao ou conta_contabil; tipo: contem, palavra ou regex.';
  end if;
  perform audit_interno.conferir_padrao(medir_padrao.tipo, coalesce(medir_padrao.padrao, ''),
    audit_interno.dobrar_padrao(medir_padrao.tipo, coalesce(medir_padrao.padrao, '')));
  select m.*
  into de, ate, fracao, lancamentos, em_marketing, pendentes, em_outra, valor_em_outra, so_este, vetados, categorias, discordam, discordancia
  from audit_interno.ler('select * from regra_trade_marketing.medida_padrao($2[1], $2[2], $2[3], ''incluir'')',
    textos => array[medir_padrao.campo, medir_padrao.tipo, btrim(medir_padrao.padrao)])
    as m (de date, ate date, fracao numeric, lancamentos bigint, em_marketing bigint, pendentes bigint, em_outra bigint,
      valor_em_outra numeric, so_este bigint, vetados bigint, categorias jsonb, discordam bigint, discordancia numeric);
exception
  when undefined_table or invalid_schema_name or undefined_column then
    raise exception using errcode = 'NC010', message = 'o data warehouse não pôde ser lido: falta dw.lancamentos ou uma de suas colunas',
      hint = 'Veja linha por linha o que falta: select * from audit.diagnosticar_contrato(); ou conferente diagnostico.';
end
$$;

comment on function audit.medir_padrao(text, text, text) is
  'What a marketing pattern would match in the whole ledger (de and ate: its first and last day), before it is saved. fracao: share of the ledger that was sampled, 1 for all of it; the counts refer to the sample. lancamentos: entries that it matches; em_marketing: of these in the marketing category; pendentes: pending; em_outra, valor_em_outra: booked elsewhere, with their amount in BRL; so_este: matched by no other active pattern; vetados: silenced by an excluding pattern; categorias: JSON array of the most common categories, with their entries; discordam: booked elsewhere and silenced by no excluding pattern, those that the rule would find; discordancia: their share, 0 to 1, of what the pattern matches that is not pending, or that share in the calendar year where it is largest (years with five entries or more), null if it matches nothing. Errors: NC014 unusable pattern, NC010 no warehouse to read.';
revoke execute on function audit.medir_padrao(text, text, text) from public;
grant execute on function audit.medir_padrao(text, text, text) to conferente_revisor, conferente_administrador;
