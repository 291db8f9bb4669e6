/** The nouns: records and enums. Nothing here does I/O or knows what time it is; it depends on the JDK alone. */
@NullMarked
package io.prontuario.ha.model;

import org.jspecify.annotations.NullMarked;
