create table audit_interno.contagens_carga (
  sessao_id bigint not null references audit.sessoes_processamento,
  regra text not null references audit.regras,
  base_id bigint,
  corte timestamptz not null,
  data_desde date not null,
  datas date[],
  cargas timestamptz[],
  linhas bigint[],
  datas_atrasadas date[],
  datas_sem_carga date[],
  primary key (sessao_id, regra)
);
comment on table audit_interno.contagens_carga is 'How many rows each booking date had for each hour of load, among those that the rule''s next incremental session will not read. If there are more by then, they were loaded late.';
comment on column audit_interno.contagens_carga.sessao_id is 'Session.';
comment on column audit_interno.contagens_carga.regra is 'Rule.';
comment on column audit_interno.contagens_carga.base_id is 'The session whose window''s end begins this one''s, and with whose counts it compares; null in the first.';
comment on column audit_interno.contagens_carga.corte is 'Load time before which rows were counted: where the next window begins.';
comment on column audit_interno.contagens_carga.data_desde is 'Earliest booking date that was counted.';
comment on column audit_interno.contagens_carga.datas is 'Booking dates; together with cargas and linhas, one count each. Null until counted.';
comment on column audit_interno.contagens_carga.cargas is 'Hours of load; null where a row has no load time.';
comment on column audit_interno.contagens_carga.linhas is 'Rows of that booking date and hour.';
comment on column audit_interno.contagens_carga.datas_atrasadas is 'Booking dates with more rows of some hour than before.';
comment on column audit_interno.contagens_carga.datas_sem_carga is 'Booking dates with more rows without a load time than before.';
