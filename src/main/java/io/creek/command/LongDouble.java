package io.creek.command;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * C's {@code long double} as Redis has it on x86: 64 bits of significand, 15 of exponent, rounded to the nearest, ties to even; read as
 * {@code strtold} does, printed as {@code %.17Lf} without trailing zeros. So sums print as Redis prints them. Immutable.
 *
 * <p>Intel 64 and IA-32 Architectures Software Developer's Manual, volume 1, 4.2.2, "double extended-precision".
 *
 * @param value exact; without meaning unless finite
 */
record LongDouble(boolean isFinite, BigDecimal value) {
    /** The most characters of a number that Redis reads: its buffer has 5 KiB with the final zero. */
    static final int BYTES_MAX = 5 * 1024 - 1;

    static final LongDouble ZERO = new LongDouble(true, BigDecimal.ZERO);

    /** An infinity or not a number: a sum with one is refused whichever it is. */
    private static final LongDouble NOT_FINITE = new LongDouble(false, BigDecimal.ZERO);

    private static final int SIGNIFICAND_BITS = 64;
    private static final int EXPONENT_MAX = 16_383;
    /** Binary exponent of the smallest number above 0. */
    private static final int QUANTUM_EXPONENT_MIN = -16_445;

    /** Decimal exponents beyond which every number is too large, or rounds to 0. */
    private static final int DECIMAL_EXPONENT_MAX = 4932;

    private static final int DECIMAL_EXPONENT_MIN = -4952;
    /** Beyond what any mantissa of {@link #BYTES_MAX} digits could make up for. */
    private static final int EXPONENT_CEILING = 100_000;

    private static final BigDecimal LIMIT = new BigDecimal(BigInteger.ONE.shiftLeft(EXPONENT_MAX + 1));
    private static final int FRACTION_DIGITS = 17;

    private static final Pattern INFINITE = Pattern.compile("[+-]?(inf|infinity)");
    private static final Pattern DECIMAL = Pattern.compile("([+-]?)([0-9]*)\\.?([0-9]*)(?:e([+-]?[0-9]+))?");
    private static final Pattern HEXADECIMAL =
            Pattern.compile("([+-]?)0x([0-9a-f]*)\\.?([0-9a-f]*)(?:p([+-]?[0-9]+))?");

    /** The number that the text is; empty when it is none, too large, or so small that only 0 would be left of it. */
    static Optional<LongDouble> parse(String text) {
        String lower = text.toLowerCase(Locale.ROOT);
        if (INFINITE.matcher(lower).matches()) {
            return Optional.of(NOT_FINITE);
        }
        Matcher hexadecimal = HEXADECIMAL.matcher(lower);
        boolean isHexadecimal = hexadecimal.matches();
        Matcher matcher = isHexadecimal ? hexadecimal : DECIMAL.matcher(lower);
        if (text.length() > BYTES_MAX || !matcher.matches() || (matcher.group(2) + matcher.group(3)).isEmpty()) {
            return Optional.empty();
        }
        BigInteger digits = new BigInteger(matcher.group(2) + matcher.group(3), isHexadecimal ? 16 : 10);
        if (digits.signum() == 0) {
            return Optional.of(ZERO);
        }
        int exponent = matcher.group(4) == null ? 0 : exponent(matcher.group(4));
        int fractionDigits = matcher.group(3).length();
        return (isHexadecimal
                        ? binary(digits, exponent - 4 * fractionDigits)
                        : decimal(digits, exponent - fractionDigits))
                .map(LongDouble::rounded)
                .filter(number -> number.isFinite && number.value.signum() != 0)
                .map(number -> matcher.group(1).equals("-") ? number.negated() : number);
    }

    LongDouble plus(LongDouble other) {
        return isFinite && other.isFinite ? rounded(value.add(other.value)) : NOT_FINITE;
    }

    String text() {
        return value.setScale(FRACTION_DIGITS, RoundingMode.HALF_EVEN)
                .stripTrailingZeros()
                .toPlainString();
    }

    private LongDouble negated() {
        return new LongDouble(isFinite, value.negate());
    }

    private static int exponent(String text) {
        BigInteger exponent = new BigInteger(text);
        BigInteger ceiling = BigInteger.valueOf(EXPONENT_CEILING);
        return exponent.min(ceiling).max(ceiling.negate()).intValue();
    }

    /** {@code digits · 10^exponent}; empty when it is far out of range. */
    private static Optional<BigDecimal> decimal(BigInteger digits, int exponent) {
        BigDecimal exact = new BigDecimal(digits, -exponent);
        int magnitude = exact.precision() - exact.scale() - 1;
        return magnitude > DECIMAL_EXPONENT_MAX || magnitude < DECIMAL_EXPONENT_MIN
                ? Optional.empty()
                : Optional.of(exact);
    }

    /** {@code digits · 2^exponent}; empty when it is far out of range. */
    private static Optional<BigDecimal> binary(BigInteger digits, int exponent) {
        int magnitude = digits.bitLength() + exponent - 1;
        if (magnitude > EXPONENT_MAX || magnitude < QUANTUM_EXPONENT_MIN - 1) {
            return Optional.empty();
        }
        return Optional.of(scaled(new BigDecimal(digits), exponent));
    }

    private static LongDouble rounded(BigDecimal exact) {
        if (exact.signum() == 0) {
            return ZERO;
        }
        int quantum = Math.max(exponent(exact.abs()) - SIGNIFICAND_BITS + 1, QUANTUM_EXPONENT_MIN);
        BigDecimal power = new BigDecimal(BigInteger.ONE.shiftLeft(Math.abs(quantum)));
        BigDecimal quanta = quantum < 0
                ? exact.multiply(power).setScale(0, RoundingMode.HALF_EVEN)
                : exact.divide(power, 0, RoundingMode.HALF_EVEN);
        BigDecimal rounded = scaled(quanta, quantum);
        return rounded.abs().compareTo(LIMIT) < 0 ? new LongDouble(true, rounded) : NOT_FINITE;
    }

    /** The exponent of the highest bit of a number above 0. */
    private static int exponent(BigDecimal number) {
        // Four bits for each zero behind the point leave at least one bit before it.
        int shift = 4 * Math.max(0, number.scale() - number.precision() + 2);
        return scaled(number, shift).toBigInteger().bitLength() - 1 - shift;
    }

    /** {@code number · 2^exponent}, exact. */
    private static BigDecimal scaled(BigDecimal number, int exponent) {
        return exponent >= 0
                ? number.multiply(new BigDecimal(BigInteger.ONE.shiftLeft(exponent)))
                // 2^-n = 5^n / 10^n
                : number.multiply(new BigDecimal(BigInteger.valueOf(5).pow(-exponent), -exponent));
    }
}
