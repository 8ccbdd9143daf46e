// The ways to identify, equally large; what does not work says why.
import QtQuick
import QtQuick.Layouts
import Controls
import KioskUi

GridLayout {
    id: ways

    required property IdentifyModel identify
    // When code and face are left, they stand beside each other: below somebody's name there is no room for two rows.
    readonly property bool across: Theme.portrait && !(identify.named && identify.faceReason === "" && !identify.codeDone)

    columns: across ? 1 : Theme.portrait ? 2 : 3
    columnSpacing: Theme.gap
    rowSpacing: Theme.gap
    uniformCellWidths: true
    uniformCellHeights: true

    WayCard {
        readonly property string cards: ways.identify.cards

        objectName: "way-card"
        visible: !done
        Layout.fillWidth: true
        Layout.fillHeight: true
        Layout.minimumHeight: implicitHeight
        across: ways.across
        iconName: "smart_card_reader"
        colour: "#1d5fd1"
        title: cards === "both" ? qsTr("身份证或社保卡") : cards === "identity" ? qsTr("刷身份证") : qsTr("刷社保卡")
        how: cards === "both" ? qsTr("身份证平放；社保卡芯片朝上插入，不用密码") : cards === "identity" ? qsTr("把证件平放在读卡区，停留两秒再拿起") : qsTr("芯片朝上插入卡槽，不用密码，读完再取出")
        reason: ways.identify.cardReason
        done: ways.identify.cardDone
        waiting: reason === "" && !done && !ways.identify.resolving
        waitingText: qsTr("正在等候证件")
    }
    WayCard {
        objectName: "way-code"
        visible: !done
        Layout.fillWidth: true
        Layout.fillHeight: true
        Layout.minimumHeight: implicitHeight
        across: ways.across
        iconName: "qr_code_scanner"
        colour: "#0b7a75"
        title: qsTr("手机亮码")
        how: qsTr("打开手机上的身份码，对准扫码窗口")
        reason: ways.identify.codeReason
        done: ways.identify.codeDone
        waiting: reason === "" && !done
        waitingText: ways.identify.resolving ? qsTr("正在核验身份码…") : qsTr("正在等候身份码")
    }
    WayCard {
        objectName: "way-face"
        visible: !done && (!ways.identify.named || reason === "")
        Layout.fillWidth: true
        Layout.fillHeight: true
        Layout.minimumHeight: implicitHeight
        across: ways.across
        iconName: "face"
        colour: "#6d3fc9"
        title: qsTr("刷脸")
        how: qsTr("点这里，与证件照片比对")
        reason: ways.identify.faceReason
        done: ways.identify.faceDone
        touchable: reason === "" && !done
        onTouched: ways.identify.chooseFace()
    }
}
