-- Reads an access key, whatever blanks and punctuation divide it and whatever words precede it. There are two kinds:
--   44 positions (NF-e, CT-e and others): state (IBGE), year and month of issue, CNPJ or CPF of the issuer, model, series, number, type of
--     emission, code, check digit. Source: Manual de Orientação do Contribuinte 7.0 of the NF-e, 2.2.6. A CNPJ may have letters since July
--     2026 (Nota Técnica Conjunta 2025.001). A CF-e SAT (model 59) has the number of its device where others have series and number.
--   50 positions (national NFS-e): municipality (IBGE), who generated it, kind of registration, CNPJ or CPF, number, year and month, code,
--     check digit. Source: Manual dos Contribuintes, Emissor Público Nacional.
-- All is null where the text is no key. State, month and model must exist, so the bar code of a boleto, also 44 digits, is none.
-- inscricao: the issuer, 14 positions; a CPF is filled up with zeros. Null for series 890 to 899, which the state issues (NF-e avulsa).
-- Touches nothing. Called by regra_validacao_valores.ler_documento, dias_documento and chaves_acesso.
create or replace function regra_validacao_valores.ler_chave(
  documento text, out chave text, out ano int, out mes int, out inscricao text, out modelo text, out serie text, out numero text
)
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_texto text;
begin
  if octet_length(documento) < 44 then
    return;
  end if;
  if length(documento) = 44 and ltrim(documento, '0123456789') = '' then
    chave := documento; -- most are plain, and are spared the rest
  else
    -- without the ".0" of a spreadsheet
    v_texto := regexp_replace(audit_interno.dobrar(left(documento, 200)), '[.,]0{1,2}[^0-9a-z]*$|[^0-9a-z]+', '', 'g');
    chave := substring(v_texto, '^(?:chave|de|acesso|da|do|danfe|dacte|nota|fiscal|nfc?e|cte|os|n)*([0-9]{6}[0-9a-z]{12}[0-9]{26})$');
  end if;
  if chave is not null then
    modelo := substr(chave, 21, 2);
    mes := substr(chave, 5, 2)::int;
    if mes not between 1 and 12 or modelo not in ('55', '57', '58', '59', '62', '63', '64', '65', '66', '67', '75', '76')
      or left(chave, 2) not in ('11', '12', '13', '14', '15', '16', '17', '21', '22', '23', '24', '25', '26', '27', '28', '29',
        '31', '32', '33', '35', '41', '42', '43', '50', '51', '52', '53')
    then
      chave := null;
      modelo := null;
      mes := null;
      return;
    end if;
    ano := 2000 + substr(chave, 3, 2)::int;
    serie := ltrim(case modelo when '59' then substr(chave, 23, 9) else substr(chave, 23, 3) end, '0');
    numero := ltrim(case modelo when '59' then substr(chave, 32, 6) else substr(chave, 26, 9) end, '0');
    inscricao := case when modelo <> '55' or substr(chave, 23, 2) <> '89' then substr(chave, 7, 14) end;
  else
    chave := substring(v_texto, '^(?:chave|de|acesso|da|do|nota|fiscal|nfse?|servico|n)*([1-5][0-9]{6}[12]{2}[0-9a-z]{12}[0-9]{29})$');
    mes := substr(chave, 39, 2)::int;
    if chave is null or mes not between 1 and 12 then
      chave := null;
      mes := null;
      return;
    end if;
    modelo := 'NFS-e';
    ano := 2000 + substr(chave, 37, 2)::int;
    serie := '';
    numero := ltrim(substr(chave, 24, 13), '0');
    inscricao := substr(chave, 10, 14);
  end if;
end
$$;

comment on function regra_validacao_valores.ler_chave(text) is
  'Parts of an access key (44 positions, or 50 of a national NFS-e); null where the text is none.';
revoke execute on function regra_validacao_valores.ler_chave(text) from public;

-- The key that an entry cites: its document's, or else one in its text with the document's number, because a freight names the key of its
-- goods. No row where it cites none. Touches nothing; inlined by the planner. A function, because Citus takes no union of functions beside
-- the ledger. Called by regra_validacao_valores.chaves_acesso.
create or replace function regra_validacao_valores.chave_citada(documento text, descricao text)
returns table (chave text, ano int, mes int, inscricao text, modelo text, serie text, numero text, no_texto boolean)
language sql immutable parallel safe rows 1
begin atomic
  select k.chave, k.ano, k.mes, k.inscricao, k.modelo, k.serie, k.numero, false
  from regra_validacao_valores.ler_chave(documento) k
  where pg_catalog.octet_length(documento) >= 44 and k.chave is not null
  union all
  select k.chave, k.ano, k.mes, k.inscricao, k.modelo, k.serie, k.numero, true
  from regra_validacao_valores.ler_chave(regras.chave_no_texto(descricao)) k
  where regras.pode_citar_chave(descricao) and k.chave is not null
    and coalesce((regra_validacao_valores.ler_documento(documento)).numero, k.numero) = k.numero
  limit 1;
end;

comment on function regra_validacao_valores.chave_citada(text, text) is 'Parts of the access key that an entry cites, and whether it stands in the text.';
revoke execute on function regra_validacao_valores.chave_citada(text, text) from public;

-- Whether the check digit of such a key is right. A separate function, because most callers that read a key do not need it. Touches nothing. Called by
-- regra_validacao_valores.chaves_acesso and dias_documento.
create or replace function regra_validacao_valores.chave_certa(chave text) returns boolean
language sql immutable parallel safe
return pg_catalog.right(chave, 1) = regras.digito_modulo11(pg_catalog.left(chave, -1), 9)::text;

comment on function regra_validacao_valores.chave_certa(text) is 'Whether the check digit of an access key is right.';
revoke execute on function regra_validacao_valores.chave_certa(text) from public;

-- Contradictions between an entry and the access key in its document or text. The kinds, of which an entry has the first that fits
-- (evidencia.tambem names the others):
--   chave_digito         the check digit is wrong: the key was misread or mistyped, and nothing else in it is believed
--   chave_outra_empresa  the key was issued by a company other than the entry's supplier
--   chave_mes_posterior  it was issued in a month after that of the booking
--   chave_repetida       an earlier entry has it too: of another supplier; or of the same supplier and amount, more than
--                        valores.dias_duplicidade days before, where a number alone would say nothing
-- In a text a key is believed only if its check digit is right and its number is the document's, because a freight names the key of its
-- goods. If a key is in more than ten entries, or more than ten entries of one supplier have keys of one issuer, all that is alike is one
-- finding: on the entry that already stands for a flood, or else on the first. Nothing is proposed, because only the document shows whether
-- the key or the entry is wrong.
--
-- In doubt nothing is flagged. A supplier is compared only if its code is a whole CNPJ with right check digits. An issuer whose keys are in
-- entries of three or more suppliers is the ledger's own company, which issues notes for returns and for purchases from farmers. Shares and
-- instalments may carry one key, so the same key with the same amount is no finding if the document's amount is larger, the text names an
-- instalment, three or more entries share it, or one of them has been reversed since.
--
-- If the window names keys, it reads three months before and after their dates, and a year before for documents written exactly alike.
-- apontadas: entries that already stand for a flood. Reads dw.lancamentos and the settings; changes nothing. Called by
-- regra_validacao_valores.detectar.
create or replace function regra_validacao_valores.chaves_acesso(janela audit.janela, confianca_base numeric, apontadas text[])
returns setof audit.achado
language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
-- a key may stand in thousands of entries: row by row, or along the key alone, each would be held against each
set enable_nestloop = off
set enable_mergejoin = off
as $$
declare
  v_dias int := coalesce((audit_interno.configuracao('valores.dias_duplicidade') #>> '{}')::int, 10);
  v_dias_chaves date[];
  v_de date;
  v_ate date;
  v_escritas text[];
begin
  -- an expression and not select into, which never runs in parallel; not the bare column either, or the planner would walk through its index
  -- for a first row of the kind, and most ledgers have none
  v_dias_chaves := (
    select array[min(l.data_lancamento + 0), max(l.data_lancamento + 0)]
    from dw.lancamentos l
    where (octet_length(l.documento) >= 44 or regras.pode_citar_chave(l.descricao) and regras.chave_no_texto(l.descricao) is not null)
      and l.data_lancamento between '0003-06-01' and '9999-06-30'
      and audit.na_janela(row(janela.data_inicio, janela.data_fim, janela.carregado_desde, janela.carregado_ate, janela.chaves)::audit.janela, l.data_lancamento, l.carregado_em, l.id));
  v_de := v_dias_chaves[1];
  v_ate := v_dias_chaves[2];
  if v_de is null then
    return;
  end if;
  -- of a long window all that was written is read anyway
  if v_ate - v_de <= 92 then
    v_escritas := array(
      select distinct translate(l.documento, ' .-/''', '')
      from dw.lancamentos l
      where octet_length(l.documento) >= 44 and l.data_lancamento between v_de and v_ate);
  end if;

  return query
  with crua as materialized (
    select l.id, l.data_lancamento, l.carregado_em::timestamptz as carregado_em, l.filial, l.documento, l.descricao, l.valor, l.valor_documento, l.fornecedor_id,
      l.fornecedor, c.*, audit.na_janela(row(janela.data_inicio, janela.data_fim, janela.carregado_desde, janela.carregado_ate, janela.chaves)::audit.janela, l.data_lancamento, l.carregado_em, l.id) as na_janela, regras.raiz_fornecedor(l.fornecedor_id) as raiz
    from dw.lancamentos l
    cross join lateral regra_validacao_valores.chave_citada(l.documento, l.descricao) c
    where (octet_length(l.documento) >= 44 or regras.pode_citar_chave(l.descricao))
      and l.data_lancamento between v_de - 366 and v_ate + 92
      and (l.data_lancamento >= v_de - 92 or v_escritas is null
        or octet_length(l.documento) >= 44 and translate(l.documento, ' .-/''', '') in (select e from unnest(v_escritas) e))
  ), conferida as materialized (
    -- each key once: a flood has one
    select k.chave, regra_validacao_valores.chave_certa(k.chave) as certo,
      case when regras.inscricao_valida(k.inscricao) then regras.raiz_fornecedor(k.inscricao) end as emitente
    from (select distinct c.chave, c.inscricao from crua c) k
  ), lida as materialized (
    select c.*, f.certo, f.emitente,
      row_number() over (partition by c.chave order by c.data_lancamento, c.carregado_em, c.id) as vez,
      row_number() over (partition by c.chave, c.raiz, sign(c.valor) order by c.data_lancamento, c.carregado_em, c.id) as vez_na_empresa,
      count(*) over (partition by c.chave) as na_chave, count(*) over igual as iguais, row_number() over (igual order by c.data_lancamento, c.carregado_em, c.id) as vez_igual
    from crua c
    join conferida f on f.chave = c.chave
    where f.certo or not c.no_texto
    window igual as (partition by c.chave, c.raiz, c.valor)
  ), propria as (
    select l.emitente
    from lida l
    where l.emitente <> l.raiz
    group by l.emitente
    having count(distinct l.raiz) >= 3
  ), seguida as materialized (
    -- of the companies that used the key before this entry, the first entry of the latest one
    select l.*, max(l.vez) filter (where l.vez_na_empresa = 1 and l.raiz is not null) over (
      partition by l.chave, sign(l.valor) order by l.vez rows between unbounded preceding and 1 preceding) as ultima_vez
    from lida l
  ), par as materialized (
    select l.id, l.chave, l.raiz, l.numero, l.valor, g.id as gemeo_id, g.data_lancamento as gemeo_data, g.documento as gemeo_documento,
      g.filial as gemeo_filial, true as de_outro, 1 as ordem
    from (
      -- if that is its own company, the one before it. One entry for each company: a note may be in thousands of lines, of thousands of companies
      select s.*, case when u.raiz = s.raiz then u.ultima_vez else u.vez end as vez_do_gemeo
      from seguida s
      join seguida u on u.chave = s.chave and u.vez = s.ultima_vez
      where s.na_janela and s.raiz is distinct from s.emitente
      offset 0
    ) l
    join seguida g on g.chave = l.chave and g.vez = l.vez_do_gemeo
    where g.raiz <> l.raiz and g.data_lancamento >= l.data_lancamento - 366
    union all
    select l.id, l.chave, l.raiz, l.numero, l.valor, g.id, g.data_lancamento, g.documento, g.filial, false, 2
    from lida l
    join lida g on g.chave = l.chave and g.raiz = l.raiz and g.valor = l.valor and g.vez_igual = 1 and l.vez_igual = 2
      and g.data_lancamento between l.data_lancamento - 366 and l.data_lancamento - v_dias - 1
    where l.na_janela and l.iguais = 2
      and coalesce(abs(l.valor_documento) <= abs(l.valor) and abs(g.valor_documento) <= abs(g.valor), true)
      and regra_validacao_valores.parcela_dita(l.descricao) = '' and regra_validacao_valores.parcela_dita(g.descricao) = ''
  ), estorno as materialized (
    select e.valor, e.data_lancamento, regras.raiz_fornecedor(e.fornecedor_id) as raiz, (regra_validacao_valores.ler_documento(e.documento)).numero as numero
    from dw.lancamentos e
    where e.valor in (select -p.valor from par p where not p.de_outro) and e.data_lancamento between v_de - 366 and v_ate + 92
    offset 0
  ), estornada as (
    select p.id
    from par p
    join estorno e on e.valor = -p.valor and e.raiz = p.raiz and e.numero = p.numero
    where not p.de_outro and e.data_lancamento >= p.gemeo_data
  ), gemeo as (
    select distinct on (p.id) p.* from par p where p.id not in (select e.id from estornada e) order by p.id, p.ordem
  ), dita as (
    select l.*, o.codigo, g.gemeo_id, g.gemeo_data, g.gemeo_documento, g.gemeo_filial, g.de_outro,
      array_remove(array[
        case when not l.certo then 'chave_digito' end,
        case when l.certo is not false and l.emitente <> l.raiz and length(o.codigo) = 14 and left(o.codigo, 8) <> left(l.inscricao, 8) and regras.inscricao_valida(o.codigo)
          and not exists (select 1 from propria p where p.emitente = l.emitente) then 'chave_outra_empresa' end,
        case when l.certo is not false and make_date(l.ano, l.mes, 1) > l.data_lancamento then 'chave_mes_posterior' end,
        case when l.certo is not false and g.gemeo_id is not null then 'chave_repetida' end], null) as tipos
    from lida l
    left join gemeo g on g.id = l.id
    cross join lateral (select case when l.emitente <> l.raiz then regras.codigo_fornecedor(l.fornecedor_id) end as codigo offset 0) o
    where l.na_janela
  ), agrupada as (
    select d.*,
      case when d.na_chave > 10 then d.chave
        when d.tipos[1] = 'chave_outra_empresa' and count(*) over (partition by d.tipos[1], d.inscricao, d.codigo) > 10 then d.inscricao || d.codigo end as grupo
    from dita d
    where d.tipos <> '{}' and d.valor <> 0
  ), contada as (
    select a.*, count(*) over junta as quantos, sum(abs(a.valor)) over junta as soma, min(a.data_lancamento) over junta as de,
      max(a.data_lancamento) over junta as ate,
      row_number() over (partition by a.tipos[1], a.grupo, case when a.grupo is null then a.id::text end
        order by a.grupo is null or a.id::text not in (select i from unnest(apontadas) i), a.data_lancamento, a.carregado_em, a.id) as vez_no_grupo
    from agrupada a
    window junta as (partition by a.tipos[1], a.grupo, case when a.grupo is null then a.id::text end)
  ), listada as (
    select c.tipos[1] as tipo, c.grupo, jsonb_agg(jsonb_build_object('id', c.id::text, 'data_lancamento', c.data_lancamento, 'documento', left(c.documento, 60),
      'valor', c.valor) order by c.vez_no_grupo) as linhas
    from contada c
    where c.grupo is not null and c.vez_no_grupo <= 20
    group by c.tipos[1], c.grupo
  )
  select
    null::text,
    d.id::text,
    '{}'::jsonb,
    trunc(greatest(0.05, least(0.99, confianca_base + case d.tipos[1]
      when 'chave_digito' then 0.10 when 'chave_mes_posterior' then 0.10 when 'chave_outra_empresa' then 0
      else case when d.de_outro then 0 else -0.20 end end)), 4),
    jsonb_strip_nulls(jsonb_build_object(
      'tipo', d.tipos[1], 'tambem', to_jsonb(nullif(d.tipos[2:], '{}')), 'valor', d.valor, 'documento', d.documento, 'filial', d.filial,
      'data_lancamento', d.data_lancamento, 'ajuste', case when d.tipos[1] = 'chave_repetida' and not d.de_outro then -d.valor end,
      'chave', jsonb_build_object('emitente', d.inscricao, 'ano', d.ano, 'mes', d.mes, 'modelo', d.modelo, 'serie', d.serie, 'numero', d.numero),
      'gemeo', case when d.gemeo_id is not null then jsonb_build_object('id', d.gemeo_id::text, 'data_lancamento', d.gemeo_data,
        'filial', d.gemeo_filial, 'documento', d.gemeo_documento) end,
      'lancamentos', case when d.quantos > 1 then d.quantos end, 'soma', case when d.quantos > 1 then d.soma end,
      'de', case when d.quantos > 1 then d.de end, 'ate', case when d.quantos > 1 then d.ate end, 'linhas', x.linhas)),
    case d.tipos[1]
      when 'chave_digito' then 'O dígito verificador da chave de acesso não confere: um algarismo está errado ou fora do lugar.'
      when 'chave_outra_empresa' then 'A chave de acesso é de uma nota emitida por ' || upper(d.inscricao) || ', e o fornecedor do lançamento é '
        || upper(d.codigo) || ': o código ou a chave é de outra empresa.'
      when 'chave_mes_posterior' then 'A nota da chave de acesso foi emitida em ' || to_char(make_date(d.ano, d.mes, 1), 'MM/YYYY')
        || ', depois do mês do lançamento (' || to_char(d.data_lancamento, 'DD/MM/YYYY') || ').'
      else 'A chave de acesso já está no lançamento ' || d.gemeo_id::text || ' de ' || to_char(d.gemeo_data, 'DD/MM/YYYY')
        || case when d.de_outro then ', de outro fornecedor: uma chave é de uma nota só.'
          else ', com o mesmo valor: se não forem parcelas, este seria a segunda vez.' end
    end || case when d.quantos > 1 then ' O mesmo se diz de ' || d.quantos || ' lançamentos de ' || to_char(d.de, 'DD/MM/YYYY') || ' a '
      || to_char(d.ate, 'DD/MM/YYYY') || ', que somam ' || regra_validacao_valores.reais(d.soma) || '.' else '' end,
    case when d.quantos > 1 then d.soma else abs(d.valor) end
  from contada d
  left join listada x on x.tipo = d.tipos[1] and x.grupo = d.grupo
  where d.vez_no_grupo = 1;
end
$$;

comment on function regra_validacao_valores.chaves_acesso(audit.janela, numeric, text[]) is
  'Access keys against their entries: wrong check digit, another company, a month after the booking, the same key twice. Proposes nothing.';
revoke execute on function regra_validacao_valores.chaves_acesso(audit.janela, numeric, text[]) from public;
