/** PostgreSQL: observing and controlling a server, certification, promotion, rejoin. */
@NullMarked
package io.prontuario.ha.postgres;

import org.jspecify.annotations.NullMarked;
