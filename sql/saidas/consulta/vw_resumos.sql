-- What a person needs to recognise the entry behind a finding. The one view that reads with its owner's rights: it shows the whole table or
-- nothing, which is decided once, above the scan.
create or replace view audit.vw_resumos as
select r.divergencia_id, r.resumo
from audit_interno.resumos_divergencias r
where (select audit_interno.pode_ver_resumo());
comment on view audit.vw_resumos is 'For each finding, the columns by which a person recognises the entry. Empty for readers unless the setting resumo.leitores opens it.';
comment on column audit.vw_resumos.divergencia_id is 'The finding.';
comment on column audit.vw_resumos.resumo is 'Column to value as the row held it when it was last found: the columns that the rule registers (audit.regras.colunas_resumo).';
