-- Finds entries whose booked amount is not what their document says (valor_documento - valor_desconto) beyond the
-- tolerance, and documents that were booked twice. Reads dw.lancamentos and the settings valores.*; changes nothing.
-- Called by the engine for a window, and again over corrected keys to verify them.
create or replace function regra_validacao_valores.detectar(janela audit.janela) returns setof audit.achado
language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
as $$
declare
  v_base numeric := regras.confianca_base('validacao_valores', 0.70);
  v_absoluta numeric := coalesce((audit_interno.configuracao('valores.tolerancia_absoluta') #>> '{}')::numeric, 0.01);
  v_relativa numeric := coalesce((audit_interno.configuracao('valores.tolerancia_relativa') #>> '{}')::numeric, 0);
  v_digitos int := coalesce((audit_interno.configuracao('valores.digitos_significativos') #>> '{}')::int, 0);
  v_cambio_minimo numeric := coalesce((audit_interno.configuracao('valores.cambio_minimo') #>> '{}')::numeric, 2.5);
  v_cambio_maximo numeric := coalesce((audit_interno.configuracao('valores.cambio_maximo') #>> '{}')::numeric, 8);
begin
  return query
  select
    null::text,
    d.id::text,
    -- more than numeric(18,2) holds can only be flagged
    case when abs(d.esperado) < 1e16 then jsonb_build_object('valor', d.esperado) else '{}'::jsonb end,
    trunc(greatest(0.05, least(0.99, v_base + e.ajuste)), 4),
    jsonb_strip_nulls(jsonb_build_object(
      'tipo', d.tipo,
      'valor', d.valor,
      'valor_documento', d.valor_documento,
      'valor_desconto', d.valor_desconto,
      'esperado', d.esperado,
      'diferenca', d.diferenca,
      'tolerancia', d.tolerancia,
      'razao', d.razao,
      'retencao_possivel', r.taxa,
      'tributos_retidos', r.tributos,
      'conta', e.conta)),
    'O valor lançado é ' || regra_validacao_valores.reais(d.valor) || ' e o documento leva a '
      || regra_validacao_valores.reais(d.esperado) || ': ' || e.frase || ' (' || e.conta || ').',
    abs(d.diferenca)
  from (
    select
      l.id, l.data_lancamento, l.valor, l.valor_documento, l.valor_desconto, x.esperado,
      l.valor - x.esperado as diferenca,
      x.tolerancia,
      case when x.esperado <> 0 then round(l.valor / x.esperado, 6) end as razao,
      regra_validacao_valores.tipo_diferenca(l.valor, l.valor_documento, l.valor_desconto, x.tolerancia,
        v_cambio_minimo, v_cambio_maximo) as tipo
    from dw.lancamentos l
    cross join lateral (
      select
        l.valor_documento - coalesce(l.valor_desconto, 0) as esperado,
        greatest(v_absoluta, v_relativa * abs(l.valor_documento - coalesce(l.valor_desconto, 0))) as tolerancia
    ) x
    where abs(l.valor - (l.valor_documento - coalesce(l.valor_desconto, 0))) > v_absoluta
      and abs(l.valor - x.esperado) > x.tolerancia
      -- a view over someone else's numeric may hold NaN or infinity: nothing can be said of these
      and abs(l.valor) < 1e30 and abs(l.valor_documento) < 1e30 and abs(coalesce(l.valor_desconto, 0)) < 1e30
      and (v_digitos = 0 or abs(l.valor - x.esperado) > x.tolerancia
        + regra_validacao_valores.arredondamento_origem(l.valor, v_digitos)
        + regra_validacao_valores.arredondamento_origem(l.valor_documento, v_digitos)
        + regra_validacao_valores.arredondamento_origem(l.valor_desconto, v_digitos))
      and audit.na_janela(janela, l.data_lancamento, l.carregado_em, l.id)
    offset 0 -- each is computed once, and only for findings
  ) d
  left join lateral regra_validacao_valores.retencao_possivel(d.valor, d.esperado, d.data_lancamento) r on d.tipo = 'outro'
  cross join lateral regra_validacao_valores.explicacao_diferenca(
    d.tipo, d.valor, d.valor_documento, d.valor_desconto, d.esperado, r.taxa, r.tributos) e;

  return query select * from regra_validacao_valores.duplicidades(janela, v_base);
end
$$;

comment on function regra_validacao_valores.detectar(audit.janela) is
  'Rule: amounts that differ from their document beyond the tolerance (proposes the expected amount, names the kind of error) and documents booked twice (flag only, names the twin). Amount at stake: the absolute difference; of a duplicate, the whole amount.';
revoke execute on function regra_validacao_valores.detectar(audit.janela) from public;
