/** What a host application calls. */
@NullMarked
package io.prontuario.ha;

import org.jspecify.annotations.NullMarked;
